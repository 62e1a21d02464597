using System.Text;
using Snapshooter.Xunit;

namespace SharpRun.Spec.Tests;

/// <summary>Compares a document with the copy kept in <c>__snapshots__</c>; the one place that knows the snapshot library.</summary>
internal static class Golden
{
    internal static void Match(string name, byte[] document) => Snapshot.Match(Encoding.UTF8.GetString(document), name);
}
