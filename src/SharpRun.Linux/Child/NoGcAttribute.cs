namespace SharpRun.Linux.Child;

/// <summary>Marks code that runs in the cloned child: no garbage collector, no exceptions, no runtime. See README.md here.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
internal sealed class NoGcAttribute : Attribute;
