using System.Collections.ObjectModel;

namespace SharpRun.Spec;

// The root of config.json, its mounts and its hooks.
public static partial class SpecReader
{
    // Kernel ids: 4294967295 is "no id" for setresuid(2) and would leave the caller's.
    private const ulong MaxId = uint.MaxValue - 1;

    private static RuntimeSpec Config(ref SpecTokens tokens) => Config(ref tokens, partial: false);

    private static RuntimeSpec PartialConfig(ref SpecTokens tokens) => Config(ref tokens, partial: true);

    private static RuntimeSpec Config(ref SpecTokens tokens, bool partial)
    {
        string? ociVersion = null;
        RootSpec? root = null;
        ProcessSpec? process = null;
        string? hostname = null;
        string? domainname = null;
        List<MountSpec>? mounts = null;
        HooksSpec? hooks = null;
        Dictionary<string, string>? annotations = null;
        LinuxSpec? linux = null;

        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "ociVersion"u8))
                {
                    ociVersion = tokens.Text();
                }
                else if (tokens.Is(ref scope, "process"u8))
                {
                    process = tokens.IsNull ? null : Process(ref tokens);
                }
                else if (tokens.Is(ref scope, "root"u8))
                {
                    root = tokens.IsNull ? null : Root(ref tokens);
                }
                else if (tokens.Is(ref scope, "hostname"u8))
                {
                    hostname = tokens.Text();
                }
                else if (tokens.Is(ref scope, "domainname"u8))
                {
                    domainname = tokens.Text();
                }
                else if (tokens.Is(ref scope, "mounts"u8))
                {
                    mounts = SpecTokens.ListOf(ref tokens, Mount);
                }
                else if (tokens.Is(ref scope, "hooks"u8))
                {
                    hooks = Hooks(ref tokens);
                }
                else if (tokens.Is(ref scope, "annotations"u8))
                {
                    annotations = TextMap(ref tokens);
                }
                else if (tokens.Is(ref scope, "linux"u8))
                {
                    linux = Linux(ref tokens);
                }
                else if (tokens.Is(ref scope, "windows"u8) || tokens.Is(ref scope, "solaris"u8) || tokens.Is(ref scope, "vm"u8)
                    || tokens.Is(ref scope, "zos"u8) || tokens.Is(ref scope, "freebsd"u8) || tokens.Is(ref scope, "hypervisor"u8))
                {
                    tokens.Skip();
                }
                else
                {
                    tokens.Unknown();
                }
            }

            if (ociVersion is null)
            {
                tokens.Missing(scope, "ociVersion");
            }

            if (root is null && !partial)
            {
                tokens.Missing(scope, "root", "root must be specified");
            }
        }

        return new RuntimeSpec
        {
            OciVersion = ociVersion ?? "",
            Process = process ?? ProcessSpec.Absent,
            Root = root ?? new RootSpec { Path = "" },
            Hostname = hostname,
            Domainname = domainname,
            Mounts = mounts ?? [],
            Hooks = hooks ?? new(),
            Annotations = MapOrEmpty(annotations),
            Linux = linux ?? new(),
        };
    }

    private static RootSpec Root(ref SpecTokens tokens)
    {
        string? path = null;
        bool isReadonly = false;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "path"u8))
                {
                    path = tokens.Text();
                }
                else if (tokens.Is(ref scope, "readonly"u8))
                {
                    isReadonly = tokens.Flag() ?? false;
                }
                else
                {
                    tokens.Unknown();
                }
            }

            if (path is null)
            {
                tokens.Missing(scope, "path");
            }
        }

        return new RootSpec { Path = path ?? "", Readonly = isReadonly };
    }

    private static MountSpec Mount(ref SpecTokens tokens)
    {
        string? destination = null;
        string? type = null;
        string? source = null;
        List<string>? options = null;
        List<IdMapping>? uidMappings = null;
        List<IdMapping>? gidMappings = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "destination"u8))
                {
                    destination = tokens.Text();
                }
                else if (tokens.Is(ref scope, "type"u8))
                {
                    type = tokens.Text();
                }
                else if (tokens.Is(ref scope, "source"u8))
                {
                    source = tokens.Text();
                }
                else if (tokens.Is(ref scope, "options"u8))
                {
                    options = tokens.Texts();
                }
                else if (tokens.Is(ref scope, "uidMappings"u8))
                {
                    uidMappings = SpecTokens.ListOf(ref tokens, Mapping);
                }
                else if (tokens.Is(ref scope, "gidMappings"u8))
                {
                    gidMappings = SpecTokens.ListOf(ref tokens, Mapping);
                }
                else
                {
                    tokens.Unknown();
                }
            }

            if (destination is null)
            {
                tokens.Missing(scope, "destination");
            }
        }

        return new MountSpec
        {
            Destination = destination ?? "",
            Type = type,
            Source = source,
            Options = options ?? [],
            UidMappings = uidMappings ?? [],
            GidMappings = gidMappings ?? [],
        };
    }

    private static IdMapping Mapping(ref SpecTokens tokens)
    {
        ulong? containerId = null;
        ulong? hostId = null;
        ulong? size = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "containerID"u8))
                {
                    containerId = tokens.Natural(MaxId);
                }
                else if (tokens.Is(ref scope, "hostID"u8))
                {
                    hostId = tokens.Natural(MaxId);
                }
                else if (tokens.Is(ref scope, "size"u8))
                {
                    size = tokens.Natural(uint.MaxValue);
                }
                else
                {
                    tokens.Unknown();
                }
            }

            if (containerId is null)
            {
                tokens.Missing(scope, "containerID");
            }

            if (hostId is null)
            {
                tokens.Missing(scope, "hostID");
            }

            if (size is null)
            {
                tokens.Missing(scope, "size");
            }
        }

        // A mapping that could not be read has size 0, which the overlap rules pass over.
        bool read = containerId is not null && hostId is not null;
        return new IdMapping((uint)(containerId ?? 0), (uint)(hostId ?? 0), read ? (uint)(size ?? 0) : 0);
    }

    private static HooksSpec? Hooks(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        List<HookSpec>? prestart = null;
        List<HookSpec>? createRuntime = null;
        List<HookSpec>? createContainer = null;
        List<HookSpec>? startContainer = null;
        List<HookSpec>? poststart = null;
        List<HookSpec>? poststop = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "prestart"u8))
            {
                prestart = SpecTokens.ListOf(ref tokens, Hook);
            }
            else if (tokens.Is(ref scope, "createRuntime"u8))
            {
                createRuntime = SpecTokens.ListOf(ref tokens, Hook);
            }
            else if (tokens.Is(ref scope, "createContainer"u8))
            {
                createContainer = SpecTokens.ListOf(ref tokens, Hook);
            }
            else if (tokens.Is(ref scope, "startContainer"u8))
            {
                startContainer = SpecTokens.ListOf(ref tokens, Hook);
            }
            else if (tokens.Is(ref scope, "poststart"u8))
            {
                poststart = SpecTokens.ListOf(ref tokens, Hook);
            }
            else if (tokens.Is(ref scope, "poststop"u8))
            {
                poststop = SpecTokens.ListOf(ref tokens, Hook);
            }
            else
            {
                tokens.Unknown();
            }
        }

        return new HooksSpec
        {
            Prestart = prestart ?? [],
            CreateRuntime = createRuntime ?? [],
            CreateContainer = createContainer ?? [],
            StartContainer = startContainer ?? [],
            Poststart = poststart ?? [],
            Poststop = poststop ?? [],
        };
    }

    private static HookSpec Hook(ref SpecTokens tokens)
    {
        string? path = null;
        List<string>? args = null;
        List<string>? env = null;
        long? timeout = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "path"u8))
                {
                    path = tokens.Text();
                }
                else if (tokens.Is(ref scope, "args"u8))
                {
                    args = tokens.Texts();
                }
                else if (tokens.Is(ref scope, "env"u8))
                {
                    env = tokens.Texts();
                }
                else if (tokens.Is(ref scope, "timeout"u8))
                {
                    timeout = tokens.IsNull ? null : tokens.Integer(1, int.MaxValue);
                }
                else
                {
                    tokens.Unknown();
                }
            }

            if (path is null)
            {
                tokens.Missing(scope, "path");
            }
        }

        return new HookSpec { Path = path ?? "", Args = args ?? [], Env = env, Timeout = (int?)timeout };
    }

    private static Dictionary<string, string>? TextMap(ref SpecTokens tokens) =>
        SpecTokens.MapOf(ref tokens, static (ref SpecTokens value) => value.Text() ?? "");

    private static IReadOnlyDictionary<string, T> MapOrEmpty<T>(Dictionary<string, T>? map) =>
        map is null ? ReadOnlyDictionary<string, T>.Empty : map;
}
