using SharpRun.Spec;

namespace SharpRun.Output;

/// <summary>What <c>--version</c> prints: engines look for the first word with "version" and for <c>commit:</c> and <c>spec:</c>.</summary>
internal static class VersionText
{
    /// <summary>The version of this build.</summary>
    internal const string Number = ThisBuild.Version;

    /// <summary>The lines.</summary>
    internal static string Page => $"sharprun version {Number}\ncommit: {ThisBuild.Commit}\nspec: {DefaultSpec.OciVersion}\n";

    /// <summary>Prints them.</summary>
    internal static void Print() => StandardOutput.Write(Page);
}
