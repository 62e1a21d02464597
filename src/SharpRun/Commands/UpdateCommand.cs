using System.Globalization;
using SharpRun.CommandLine;
using SharpRun.Linux.Containers;
using SharpRun.Output;
using SharpRun.Spec;
using SharpRun.Spec.Validation;

namespace SharpRun.Commands;

/// <summary><c>update</c>: change the limits of a container.</summary>
internal static class UpdateCommand
{
    private const string Resources = "resources";
    private const string DryRun = "dry-run";
    private const string Json = "json";

    /// <summary>Settings of cgroup v1 that callers still send.</summary>
    private static readonly string[] s_withoutEffect = ["kernel-memory", "kernel-memory-tcp", "cpu-rt-period", "cpu-rt-runtime"];

    private const string CacheSchema = "l3-cache-schema";

    private const string BandwidthSchema = "mem-bw-schema";

    internal static Command Row => new()
    {
        Name = "update",
        Summary = "change the limits of a container",
        Usage = "ID",
        Options =
        [
            new(Resources, "r", "FILE", "linux.resources as JSON, and no other option; - for stdin"),
            new("memory", null, "BYTES", "memory, such as 512M; -1 for no limit, and then none of swap"),
            new("memory-reservation", null, "BYTES", "memory that is left to the container when it is short"),
            new("memory-swap", null, "BYTES", "memory and swap together; -1 for no limit"),
            new("cpu-quota", null, "USEC", "microseconds of processor time in each period; -1 for no limit"),
            new("cpu-period", null, "USEC", "the period in microseconds"),
            new("cpu-burst", null, "USEC", "microseconds of unused processor time that may be saved up"),
            new("cpu-share", null, "SHARES", "the weight among others, 2 to 262144; 1024 is usual"),
            new("cpu-idle", null, "N", "1: processor time only when nobody else wants it; 0: as others") { Choices = ["0", "1"] },
            new("cpuset-cpus", null, "LIST", "the processors, such as 0-3,7"),
            new("cpuset-mems", null, "LIST", "the memory nodes"),
            new("pids-limit", null, "N", "processes and threads; -1 for no limit"),
            new("blkio-weight", null, "WEIGHT", "the weight of input and output among others, 10 to 1000"),
            new(DryRun, null, null, "show what would change, file by file, and change nothing"),
            new(Json, null, null, "with --dry-run: as JSON"),
            new("kernel-memory", null, "BYTES", "no effect: cgroup v1 alone"),
            new("kernel-memory-tcp", null, "BYTES", "no effect: cgroup v1 alone"),
            new("cpu-rt-period", null, "USEC", "no effect: cgroup v1 alone"),
            new("cpu-rt-runtime", null, "USEC", "no effect: cgroup v1 alone"),
            new(CacheSchema, null, "SCHEMA", "lines about the L3 cache, for the resctrl group"),
            new(BandwidthSchema, null, "SCHEMA", "the memory bandwidth line, for the resctrl group"),
        ],
        Least = 1,
        Most = 1,
        Run = static (context, arguments) =>
        {
            if (arguments.Has(Json) && !arguments.Has(DryRun))
            {
                throw new UsageException("--json: only with --dry-run");
            }

            string id = arguments.Positional[0];
            IntelRdtSpec? schemas = Schemas(arguments);
            if (schemas is not null && arguments.Has(DryRun))
            {
                throw new UsageException($"--dry-run: tells of limits alone, not of --{CacheSchema} and --{BandwidthSchema}");
            }

            if (arguments.Has(DryRun))
            {
                UpdatePreview preview = UpdateOperation.Preview(context.Store, id, Change(arguments, context.Warn));
                StandardOutput.Write(arguments.Has(Json) ? UpdatePreviewText.Json(preview) : UpdatePreviewText.Table(preview));
                return 0;
            }

            ResourcesSpec? change = schemas is not null && !HasLimits(arguments) ? null : Change(arguments, context.Warn);
            UpdateOperation.Update(context.Store, id, change, schemas, context.Warn);
            return 0;
        },
    };

    /// <summary>The change that the command line asks for.</summary>
    internal static ResourcesSpec Change(Arguments arguments, Action<string>? warn)
    {
        if (Given(arguments, Resources) is not { } file)
        {
            return FromOptions(arguments, warn);
        }

        WarnOfOthers(arguments, warn);
        ResourcesSpec change = UpdateOperation.ReadChange(file);
        if (change.Devices.Count > 0)
        {
            warn?.Invoke("devices: device rules are not changed by update");
        }

        if (warn is not null)
        {
            foreach (string warning in SpecWarnings.Find(change))
            {
                warn(warning);
            }
        }

        return change;
    }

    /// <summary>The schemas that the command line asks for; null for none, and beside <c>--resources</c>, where no other option counts.</summary>
    internal static IntelRdtSpec? Schemas(Arguments arguments)
    {
        string? cache = Given(arguments, CacheSchema);
        string? bandwidth = Given(arguments, BandwidthSchema);
        return Given(arguments, Resources) is not null || (cache is null && bandwidth is null) ? null
            : bandwidth is not null && !bandwidth.StartsWith("MB:", StringComparison.Ordinal) ? throw new UsageException($"invalid value \"{bandwidth}\" for flag --{BandwidthSchema}: must start with MB:")
            : new IntelRdtSpec { L3CacheSchema = cache, MemBwSchema = bandwidth };
    }

    /// <summary>Beside a file no other option counts.</summary>
    private static void WarnOfOthers(Arguments arguments, Action<string>? warn)
    {
        foreach (Option option in Row.Options)
        {
            if (option.Name is not (Resources or DryRun or Json) && Given(arguments, option.Name) is not null)
            {
                warn?.Invoke($"--{option.Name}: no effect beside --{Resources}");
            }
        }
    }

    /// <summary>Whether any option is given that is not about schemas.</summary>
    private static bool HasLimits(Arguments arguments)
    {
        foreach (Option option in Row.Options)
        {
            if (option.Name is not (CacheSchema or BandwidthSchema) && Given(arguments, option.Name) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static ResourcesSpec FromOptions(Arguments arguments, Action<string>? warn)
    {
        foreach (string name in s_withoutEffect)
        {
            if (Given(arguments, name) is not null)
            {
                warn?.Invoke($"--{name}: no effect with cgroup v2");
            }
        }

        return new ResourcesSpec
        {
            Memory = new MemoryLimits
            {
                Limit = Bytes(arguments, "memory"),
                Reservation = Bytes(arguments, "memory-reservation"),
                Swap = Bytes(arguments, "memory-swap"),
            },
            Cpu = new CpuLimits
            {
                Shares = (ulong?)Number(arguments, "cpu-share", 0),
                Quota = Number(arguments, "cpu-quota", long.MinValue),
                Period = (ulong?)Number(arguments, "cpu-period", 0),
                Burst = (ulong?)Number(arguments, "cpu-burst", 0),
                Idle = Number(arguments, "cpu-idle", 0, 1),
                Cpus = Given(arguments, "cpuset-cpus"),
                Mems = Given(arguments, "cpuset-mems"),
            },
            Pids = Number(arguments, "pids-limit", long.MinValue) is { } limit ? new PidsLimits { Limit = limit } : null,
            BlockIO = new BlockIoLimits { Weight = (ushort?)Number(arguments, "blkio-weight", 0, 1000) },
        };
    }

    /// <summary>The value of an option; an empty one counts as not given, which is how callers leave one out.</summary>
    private static string? Given(Arguments arguments, string name) => arguments.Value(name) is { Length: > 0 } value ? value : null;

    private static long? Bytes(Arguments arguments, string name) => Given(arguments, name) is { } text ? ByteArgument.Bytes(text, name) : null;

    private static long? Number(Arguments arguments, string name, long least, long most = long.MaxValue)
    {
        if (Given(arguments, name) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw new UsageException($"invalid value \"{text}\" for flag --{name}: must be {(most == long.MaxValue ? "a number" : $"a number from {least} to {most}")}");
    }
}
