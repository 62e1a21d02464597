using System.Globalization;
using SharpRun.Bench;

// usage: SharpRun.Bench FOLDER ROUNDS
// FOLDER holds bin/{sharprun,crun,runc}, and the bundles true/, sleep/, mounts/, masked/ and profile/; the report is Markdown on standard output.
if (args.Length != 2)
{
    Console.Error.WriteLine("usage: SharpRun.Bench FOLDER ROUNDS");
    return 2;
}

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string folder = Path.GetFullPath(args[0]);
int rounds = int.Parse(args[1], CultureInfo.InvariantCulture);
string bundle = Path.Combine(folder, "true");
Contestant[] contestants =
[
    new("sharprun", Path.Combine(folder, "bin", "sharprun"), folder),
    new("crun", Path.Combine(folder, "bin", "crun"), folder),
    new("runc", Path.Combine(folder, "bin", "runc"), folder),
];

foreach (Contestant runtime in contestants)
{
    _ = Directory.CreateDirectory(runtime.StateRoot);
    Console.WriteLine($"- {runtime.Version()}");
}

Console.WriteLine();
Console.WriteLine("| median (10 % .. 90 %), ms | " + string.Join(" | ", contestants.Select(runtime => runtime.Name)) + " | ratio to crun |");
Console.WriteLine("|---|" + string.Concat(Enumerable.Repeat("---|", contestants.Length + 1)));
foreach (Scenario scenario in Scenario.All(folder))
{
    Dictionary<Contestant, double[]> times = scenario.Measure(contestants, rounds, warmUp: 5);
    Console.WriteLine($"| {scenario.Name} | {string.Join(" | ", contestants.Select(runtime => Cell(times[runtime])))} | {Ratio(times)} |");
}

Console.WriteLine();
Console.WriteLine("| `run /bin/true` | " + string.Join(" | ", contestants.Select(runtime => runtime.Name)) + " |");
Console.WriteLine("|---|" + string.Concat(Enumerable.Repeat("---|", contestants.Length)));
Footprint[] footprints = [.. contestants.Select(runtime => Footprint.Of(runtime, bundle))];
Console.WriteLine("| peak memory, KiB | " + string.Join(" | ", footprints.Select(footprint => Number(footprint.PeakKiB))) + " |");
Console.WriteLine("| system calls | " + string.Join(" | ", footprints.Select(footprint => Number(footprint.SystemCalls))) + " |");
Console.WriteLine("| binary, bytes | " + string.Join(" | ", footprints.Select(footprint => Number(footprint.BinaryBytes))) + " |");
return 0;

static string Number(long value) => value < 0 ? "failed" : value.ToString(CultureInfo.InvariantCulture);

static string Cell(double[] times) => times.Length == 0
    ? "failed"
    : $"{Statistics.Median(times):F2} ({Statistics.At(times, 0.1):F2} .. {Statistics.At(times, 0.9):F2})";

// Of each round on its own: what slows the machine for a while slows both.
string Ratio(Dictionary<Contestant, double[]> times)
{
    double[] ours = times.Where(pair => pair.Key.Name == "sharprun").SelectMany(pair => pair.Value).ToArray();
    double[] theirs = times.Where(pair => pair.Key.Name == "crun").SelectMany(pair => pair.Value).ToArray();
    return ours.Length == 0 || ours.Length != theirs.Length ? "" : Statistics.Median(ours.Zip(theirs, (our, their) => our / their)).ToString("F2", CultureInfo.InvariantCulture);
}
