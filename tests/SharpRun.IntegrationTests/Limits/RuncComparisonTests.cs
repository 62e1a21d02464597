using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Limits;

/// <summary>runc and SharpRun, given the same resources, write the same values to the same files.</summary>
/// <remarks>
/// The files are read by a hook, which comes after the limits and before the process, and which then fails: so neither
/// runtime has to go further than this test does. The differences that are meant are in docs/cgroups.md, and here.
/// </remarks>
public sealed class RuncComparisonTests : ContainerTest
{
    private const int Batches = 20;
    private const int PerBatch = 10;
    private const string Refused = "refused";

    /// <summary>What SharpRun does on purpose as runc 1.3 does not.</summary>
    private static readonly Difference[] Meant =
    [
        new("pids.limit 0 is the smallest limit, as specified", Refuses: false, set => (long?)set["pids"]?["limit"] == 0, "pids.max"),
        new("a throttle of 0 is none", Refuses: true, set => ResourceSets.Throttles.Any(name => set["blockIO"]?[name]?.AsArray().Any(device => (long)device!["rate"]! == 0) == true), ""),
    ];

    /// <param name="Reason">As the page says it.</param>
    /// <param name="Refuses">runc refuses the whole.</param>
    /// <param name="Applies">Which resources it is about.</param>
    /// <param name="File">The file that differs.</param>
    private sealed record Difference(string Reason, bool Refuses, Func<JsonObject, bool> Applies, string File);

    /// <summary>Numbers of batches.</summary>
    public static TheoryData<int> All => [.. Enumerable.Range(0, Batches)];

    [MachineTheory(Needs.Runc)]
    [MemberData(nameof(All))]
    public async Task Resources_AreTheSameValuesInTheSameFiles(int batch)
    {
        JsonObject[] sets = [.. ResourceSets.Generate(Batches * PerBatch).Skip(batch * PerBatch).Take(PerBatch)];

        string output = (await Script(Compared(sets), TimeSpan.FromMinutes(8))).Succeeded().Output;

        var values = new Dictionary<(string Runtime, int Set), Dictionary<string, List<string>>>();
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // RUNTIME SET FILE:VALUE, a line for each line of the file.
            string[] words = line.Split(' ', 3);
            (string, int) key = (words[0], int.Parse(words[1], null));
            if (!values.TryGetValue(key, out Dictionary<string, List<string>>? files))
                values[key] = files = [];
            string file = words[2][..words[2].IndexOf(':', StringComparison.Ordinal)];
            if (!files.TryGetValue(file, out List<string>? lines))
                files[file] = lines = [];
            lines.Add(words[2][(file.Length + 1)..]);
        }
        // What both refuse for a reason that the resources are not would be equal, too.
        Assert.Contains(Enumerable.Range(0, PerBatch), set => !values[("runc", set)].ContainsKey(Refused));
        Assert.All(Enumerable.Range(0, PerBatch), set => Compare(sets[set], values[("runc", set)], values[("sharprun", set)]));
    }

    private static void Compare(JsonObject set, Dictionary<string, List<string>> runc, Dictionary<string, List<string>> ours)
    {
        Difference[] meant = [.. Meant.Where(difference => difference.Applies(set))];
        if (runc.ContainsKey(Refused) && !ours.ContainsKey(Refused) && meant.Any(difference => difference.Refuses))
            return;
        string[] differing = [.. runc.Keys.Union(ours.Keys).Where(file => Text(runc, file) != Text(ours, file)).Except(meant.Select(difference => difference.File))];
        Assert.True(
            differing.Length == 0,
            $"{set.ToJsonString()}\n{string.Join("", runc.GetValueOrDefault(Refused, []))}\n{string.Join("", ours.GetValueOrDefault(Refused, []))}\n" + string.Join('\n', differing.Select(file => $"{file}: runc {Text(runc, file)}, sharprun {Text(ours, file)}")));
        // A file that is not there is no comparison.
        Assert.True(runc.ContainsKey(Refused) || (runc.Count > 20 && runc.ContainsKey("memory.max") && runc.ContainsKey("io.weight")), string.Join(' ', runc.Keys));
    }

    /// <summary>The text of a file; of a refusal that there is one, because the words are each runtime's own.</summary>
    private static string Text(Dictionary<string, List<string>> files, string file) =>
        !files.TryGetValue(file, out List<string>? lines) ? "-" : file == Refused ? Refused : string.Join(" | ", lines.Order(StringComparer.Ordinal));

    private static string Compared(JsonObject[] sets) => $$$"""
        for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control; done
        cat >"$dir/tmp/hook" <<'END'
        cd "$1" || exit 2
        # What can be read and written is a setting; what only can be read is a number.
        for file in $(find . -maxdepth 1 -type f -perm -600 ! -name '*.pressure' ! -name cgroup.procs ! -name cgroup.threads); do
          sed "s,^,${file#./}:," "$file"
        done >"$2"
        exit 1
        END
        while read -r number resources; do
          for runtime in runc sharprun; do
            mkdir -p "$dir/$runtime-$number"
            cat >"$dir/$runtime-$number/config.json" <<END
        {"ociVersion":"1.2.0","root":{"path":"$rootfs"},"process":{"args":["/bin/true"],"cwd":"/"},"mounts":[{"destination":"/dev","type":"tmpfs","source":"tmpfs"}],
         "hooks":{"createRuntime":[{"path":"/bin/sh","args":["sh","$dir/tmp/hook","/sys/fs/cgroup/$id-$runtime-$number","$dir/$runtime-$number/values"],"env":["PATH=$PATH"]}]},
         "linux":{"cgroupsPath":"/$id-$runtime-$number","namespaces":[{"type":"mount"}],"resources":$resources}}
        END
          done
        done <<'END'
        {{{string.Join('\n', sets.Select((set, number) => $"{number} {set.ToJsonString()}"))}}}
        END
        each() {
          number=0
          while [ $number -lt {{{sets.Length}}} ]; do
            folder=$dir/$1-$number
            $2 --root "$dir/state-$1" create --bundle "$folder" "$id-$1-$number" >/dev/null 2>"$folder/error"
            if [ -s "$folder/values" ]; then cat "$folder/values"; else echo "refused:$(tr '\n' ' ' <"$folder/error")"; fi | sed "s/^/$1 $number /" >"$folder/lines"
            number=$((number + 1))
          done
        }
        each runc runc &
        each sharprun {{{Machine.Quote(Machine.Binary)}}}
        wait
        cat "$dir"/*/lines
        rm "$dir/tmp/hook"
        """;
}
