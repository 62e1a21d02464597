#pragma warning disable IDE0130 // The native compiler knows this attribute by this name; the core library's own is internal.
namespace System.Runtime;

/// <summary>Gives a method a symbol for the final link, without a transition from native code: it must not need the runtime.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RuntimeExportAttribute(string entryPoint) : Attribute
{
    /// <summary>The symbol.</summary>
    public string EntryPoint { get; } = entryPoint;
}
