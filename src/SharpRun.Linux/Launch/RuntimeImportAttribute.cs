#pragma warning disable IDE0130 // The native compiler knows this attribute by this name; the core library's own is internal.
namespace System.Runtime;

/// <summary>Binds an InternalCall method to a symbol of the final link.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RuntimeImportAttribute(string dllName, string entryPoint) : Attribute
{
    /// <summary>"*": any object of the link.</summary>
    public string DllName { get; } = dllName;

    /// <summary>The symbol.</summary>
    public string EntryPoint { get; } = entryPoint;
}
