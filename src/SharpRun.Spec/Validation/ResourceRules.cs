namespace SharpRun.Spec.Validation;

/// <summary>The resources object.</summary>
internal static class ResourceRules
{
    private const int MinWeight = 10;
    private const int MaxWeight = 1000;

    /// <param name="resources">The object.</param>
    /// <param name="at">Its JSON path.</param>
    /// <param name="isUpdate">Whether the object is laid over an earlier one, which may hold the limit that swap needs.</param>
    /// <param name="problems">Where problems go.</param>
    internal static void Check(ResourcesSpec resources, string at, bool isUpdate, RuleProblems problems)
    {
        DeviceRules.CheckFilter(resources.Devices, at, problems);
        if (resources.Memory is { } memory)
        {
            CheckMemory(memory, JsonPath.Member(at, "memory"), isUpdate, problems);
        }

        if (resources.Cpu is { } cpu)
        {
            string path = JsonPath.Member(at, "cpu");
            NumberList.Check(cpu.Cpus, path + ".cpus", problems);
            NumberList.Check(cpu.Mems, path + ".mems", problems);
            if (cpu.Idle is 1 && cpu.Shares is > 0)
            {
                // The kernel refuses a weight while idle is 1.
                problems.Add(path + ".shares", "must not be set together with idle");
            }
        }

        if (resources.BlockIO is { } blockIO)
        {
            CheckBlockIO(blockIO, JsonPath.Member(at, "blockIO"), problems);
        }

        CheckHugepages(resources.HugepageLimits, at, problems);
        CheckUnified(resources.Unified, at, problems);
        foreach (string device in resources.Rdma.Keys)
        {
            if (device.Length == 0 || device.AsSpan().ContainsAny(' ', '\n'))
            {
                problems.Add(JsonPath.Member(JsonPath.Member(at, "rdma"), device), "not the name of an RDMA device");
            }
        }
    }

    /// <remarks>swap counts memory and swap together; that is why it cannot be the smaller one.</remarks>
    private static void CheckMemory(MemoryLimits memory, string at, bool isUpdate, RuleProblems problems)
    {
        CheckBytes(memory.Limit, at + ".limit", problems);
        CheckBytes(memory.Reservation, at + ".reservation", problems);
        CheckBytes(memory.Swap, at + ".swap", problems);
        if (memory.Swap is not > 0 || memory.Limit is -1)
        {
            return;
        }

        if (memory.Limit is null or 0)
        {
            if (!isUpdate)
            {
                problems.Add(at + ".swap", "unable to set swap limit without memory limit");
            }
        }
        else if (memory.Swap < memory.Limit)
        {
            problems.Add(at + ".swap", "memory+swap limit should be >= memory limit");
        }
    }

    private static void CheckBytes(long? value, string at, RuleProblems problems)
    {
        if (value < -1)
        {
            problems.Add(at, "must be a number of bytes, or -1 for unlimited");
        }
    }

    private static void CheckBlockIO(BlockIoLimits blockIO, string at, RuleProblems problems)
    {
        CheckWeight(blockIO.Weight, at + ".weight", problems);
        CheckWeight(blockIO.LeafWeight, at + ".leafWeight", problems);
        for (int i = 0; i < blockIO.WeightDevice.Count; i++)
        {
            CheckWeight(blockIO.WeightDevice[i].Weight, $"{at}.weightDevice[{i}].weight", problems);
            CheckWeight(blockIO.WeightDevice[i].LeafWeight, $"{at}.weightDevice[{i}].leafWeight", problems);
        }
    }

    private static void CheckWeight(ushort? weight, string at, RuleProblems problems)
    {
        if (weight is not (null or 0 or (>= MinWeight and <= MaxWeight)))
        {
            problems.Add(at, $"must be an integer from {MinWeight} to {MaxWeight}");
        }
    }

    private static void CheckHugepages(IReadOnlyList<HugepageLimit> limits, string at, RuleProblems problems)
    {
        for (int i = 0; i < limits.Count; i++)
        {
            ReadOnlySpan<char> size = limits[i].PageSize;
            bool isSize = size.Length >= 3 && size[0] is >= '1' and <= '9' && size[^2] is 'K' or 'M' or 'G' && size[^1] == 'B'
                && !size[..^2].ContainsAnyExceptInRange('0', '9');
            if (!isSize)
            {
                problems.Add(
                    $"{JsonPath.Member(at, "hugepageLimits")}[{i}].pageSize",
                    $"must be a page size such as 2MB, not {JsonPath.Quote(limits[i].PageSize)}");
            }
        }
    }

    private static void CheckUnified(IReadOnlyDictionary<string, string> unified, string at, RuleProblems problems)
    {
        foreach (string file in unified.Keys)
        {
            int dot = file.IndexOf('.', StringComparison.Ordinal);
            if (dot <= 0 || dot == file.Length - 1 || file.Contains('/', StringComparison.Ordinal))
            {
                problems.Add(
                    JsonPath.Member(JsonPath.Member(at, "unified"), file),
                    "must be the name of a cgroup file: controller, dot, name, without slash");
            }
        }
    }
}
