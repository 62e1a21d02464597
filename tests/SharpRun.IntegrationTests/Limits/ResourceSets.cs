using System.Text.Json.Nodes;

namespace SharpRun.IntegrationTests.Limits;

/// <summary>Resources of every kind, the same ones in each run; a few that are wrong.</summary>
/// <remarks>No limit that keeps a runtime's own process, which is inside by then, from getting on.</remarks>
internal static class ResourceSets
{
    private const int Seed = 6;
    private const long MiB = 1024 * 1024;

    /// <summary>The properties of blockIO that throttle a device.</summary>
    internal static readonly string[] Throttles = ["throttleReadBpsDevice", "throttleWriteBpsDevice", "throttleReadIOPSDevice", "throttleWriteIOPSDevice"];

    private static readonly string[] Processors = ["0", "1", "0-1", "0,1"];
    private static readonly ulong[] Shares = [0, 1, 2, 3, 10, 100, 1000, 1024, 1025, 2048, 100_000, 262_143, 262_144];

    private static readonly (string File, string[] Values)[] Unified =
    [
        ("memory.high", ["33554432", "max"]), ("memory.min", ["1048576"]), ("memory.low", ["2097152"]), ("memory.oom.group", ["1"]),
        ("cpu.weight", ["50"]), ("pids.max", ["77", "max"]), ("cpu.max", ["90000 100000"]), ("cgroup.max.depth", ["5"]), ("io.max", ["7:0 rbps=1000000\n7:1 wiops=500"]),
        ("hugetlb.2MB.max", ["4194304"]), ("misc.max", ["nonsense 1"]), ("nonsense.max", ["1"]), ("memory.nonsense", ["1"]),
    ];

    /// <summary>So many of them.</summary>
    internal static JsonObject[] Generate(int count)
    {
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, count).Select(_ => JsonNode.Parse(Set(random).ToJsonString())!.AsObject())];
    }

    private static JsonObject Set(Random random)
    {
        var set = new JsonObject();
        Maybe(set, "memory", random, 0.6, () => Memory(random));
        Maybe(set, "cpu", random, 0.6, () => Cpu(random));
        Maybe(set, "pids", random, 0.5, () => new JsonObject { ["limit"] = random.Next(6) switch { 0 => -1, 1 => 0, _ => random.Next(100, 30_000) } });
        Maybe(set, "blockIO", random, 0.4, () => BlockIO(random));
        Maybe(set, "hugepageLimits", random, 0.2, () => Hugepages(random));
        Maybe(set, "unified", random, 0.25, () => Files(random));
        Maybe(set, "rdma", random, 0.02, () => new JsonObject { ["mlx5_0"] = new JsonObject { ["hcaHandles"] = 3 } });
        Maybe(set, "network", random, 0.1, () => new JsonObject { ["classID"] = 1_048_577, ["priorities"] = new JsonArray(new JsonObject { ["name"] = "lo", ["priority"] = 5 }) });
        return set;
    }

    private static JsonObject Memory(Random random)
    {
        var memory = new JsonObject();
        long limit = random.Next(5) switch { 0 => -1, 1 => 0, _ => (random.Next(24, 200) * MiB) + random.Next(10_000) };
        if (random.Next(8) > 0)
            memory["limit"] = limit;
        // Without a limit and below it are mistakes.
        Maybe(memory, "swap", random, 0.5, () => random.Next(6) switch { 0 => -1, 1 => 0, 2 => limit, 3 => 20 * MiB, _ => Math.Max(limit, 0) + (random.Next(100) * MiB) });
        Maybe(memory, "reservation", random, 0.3, () => random.Next(8) switch { 0 => -1, 1 => 0, _ => random.Next(1, 24) * MiB });
        Maybe(memory, "swappiness", random, 0.1, () => random.Next(100));
        Maybe(memory, "kernel", random, 0.1, () => 64 * MiB);
        Maybe(memory, "kernelTCP", random, 0.1, () => 64 * MiB);
        Maybe(memory, "disableOOMKiller", random, 0.1, () => true);
        Maybe(memory, "useHierarchy", random, 0.1, () => random.Next(2) == 0);
        Maybe(memory, "checkBeforeUpdate", random, 0.1, () => true);
        return memory;
    }

    private static JsonObject Cpu(Random random)
    {
        var cpu = new JsonObject();
        int period = random.Next(4) == 0 ? 0 : random.Next(10_000, 100_000);
        int quota = random.Next(5) switch { 0 => -1, 1 => 0, _ => random.Next(100_000, 200_000) };
        Maybe(cpu, "shares", random, 0.5, () => random.Next(2) == 0 ? Shares[random.Next(Shares.Length)] : (ulong)random.Next(2, 262_144));
        Maybe(cpu, "period", random, 0.5, () => period);
        Maybe(cpu, "quota", random, 0.5, () => quota);
        if (quota > 0 && cpu.ContainsKey("quota"))
            Maybe(cpu, "burst", random, 0.3, () => random.Next(quota));
        if (!cpu.ContainsKey("shares"))
            Maybe(cpu, "idle", random, 0.3, () => random.Next(2));
        Maybe(cpu, "cpus", random, 0.3, () => Processors[random.Next(Processors.Length)]);
        Maybe(cpu, "mems", random, 0.2, () => random.Next(8) == 0 ? "7" : "0");
        Maybe(cpu, "realtimeRuntime", random, 0.1, () => 950_000);
        Maybe(cpu, "realtimePeriod", random, 0.1, () => 1_000_000);
        return cpu;
    }

    private static JsonObject BlockIO(Random random)
    {
        var io = new JsonObject();
        Maybe(io, "weight", random, 0.5, () => random.Next(8) == 0 ? 0 : random.Next(10, 1001));
        Maybe(io, "leafWeight", random, 0.1, () => random.Next(10, 1001));
        Maybe(io, "weightDevice", random, 0.15, () => new JsonArray(Device(random, "weight", random.Next(10, 1001))));
        foreach (string name in Throttles)
            Maybe(io, name, random, 0.3, () => new JsonArray([.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Device(random, "rate", random.Next(15) == 0 ? 0 : random.Next(1000, 100_000_000)))]));
        return io;
    }

    private static JsonObject Device(Random random, string property, int value) => new() { ["major"] = 7, ["minor"] = random.Next(4), [property] = value };

    private static JsonArray Hugepages(Random random) =>
        [new JsonObject { ["pageSize"] = random.Next(4) switch { 0 => "1GB", 1 => "512MB", _ => "2MB" }, ["limit"] = random.Next(5) * 2 * MiB }];

    private static JsonObject Files(Random random)
    {
        (string file, string[] values) = Unified[random.Next(Unified.Length)];
        return new JsonObject { [file] = values[random.Next(values.Length)] };
    }

    private static void Maybe(JsonObject parent, string name, Random random, double probability, Func<JsonNode> value)
    {
        if (random.NextDouble() < probability)
            parent[name] = value();
    }
}
