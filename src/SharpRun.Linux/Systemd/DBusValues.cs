namespace SharpRun.Linux.Systemd;

/// <summary>The path of an object on the bus: the same bytes as a text, and another type.</summary>
internal readonly record struct ObjectPath(string Text);

/// <summary>A property of a unit: its name and a value of one of the types that <see cref="DBusWriter.Variant"/> takes.</summary>
internal sealed record UnitProperty(string Name, object Value)
{
    /// <summary>As <c>busctl</c> would take it, for messages.</summary>
    public override string ToString() => $"{Name} {DBusWriter.SignatureOf(Value)} {Text(Value)}";

    private static string Text(object value) => value switch
    {
        byte[] bytes => Convert.ToHexString(bytes),
        uint[] numbers => string.Join(' ', numbers),
        string[] texts => string.Join(' ', texts),
        (string, string)[] pairs => string.Join(' ', pairs),
        (string, ulong)[] pairs => string.Join(' ', pairs),
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
