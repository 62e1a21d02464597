namespace SharpRun.Spec;

// Device nodes and the rules of the device filter.
public static partial class SpecReader
{
    private const uint MaxMajor = 4095;
    private const uint MaxMinor = 1_048_575;

    private static DeviceSpec Device(ref SpecTokens tokens)
    {
        int? type = null;
        string? path = null;
        ulong? major = null;
        ulong? minor = null;
        ulong? fileMode = null;
        ulong? uid = null;
        ulong? gid = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "type"u8))
                {
                    type = tokens.Word("b c u p"u8, "device type");
                }
                else if (tokens.Is(ref scope, "path"u8))
                {
                    path = tokens.Text();
                }
                else if (tokens.Is(ref scope, "major"u8))
                {
                    major = tokens.Natural(MaxMajor);
                }
                else if (tokens.Is(ref scope, "minor"u8))
                {
                    minor = tokens.Natural(MaxMinor);
                }
                else if (tokens.Is(ref scope, "fileMode"u8))
                {
                    // Engines copy st_mode, with the type in the upper four bits; that is dropped below.
                    fileMode = tokens.IsNull ? null : tokens.Natural(0xffff);
                }
                else if (tokens.Is(ref scope, "uid"u8))
                {
                    uid = tokens.IsNull ? null : tokens.Natural(MaxId);
                }
                else if (tokens.Is(ref scope, "gid"u8))
                {
                    gid = tokens.IsNull ? null : tokens.Natural(MaxId);
                }
                else
                {
                    tokens.Unknown();
                }
            }

            if (type is null)
            {
                tokens.Missing(scope, "type");
            }

            if (path is null)
            {
                tokens.Missing(scope, "path");
            }

            if (major is null && type is >= 0 and <= 2)
            {
                tokens.Missing(scope, "major");
            }

            if (minor is null && type is >= 0 and <= 2)
            {
                tokens.Missing(scope, "minor");
            }
        }

        return new DeviceSpec
        {
            Type = type switch { 0 => DeviceType.Block, 3 => DeviceType.Fifo, _ => DeviceType.Character },
            Path = path ?? "",
            Major = (uint)(major ?? 0),
            Minor = (uint)(minor ?? 0),
            FileMode = (uint?)fileMode & 0xfff,
            Uid = (uint?)uid,
            Gid = (uint?)gid,
        };
    }

    private static DeviceRule DeviceAccessRule(ref SpecTokens tokens)
    {
        bool? allow = null;
        int type = 0;
        long? major = null;
        long? minor = null;
        DeviceAccess access = DeviceAccess.None;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "allow"u8))
                {
                    allow = tokens.Flag();
                }
                else if (tokens.Is(ref scope, "type"u8))
                {
                    type = tokens.IsEmptyText ? 0 : tokens.Word("a b c"u8, "device type");
                }
                else if (tokens.Is(ref scope, "major"u8))
                {
                    major = tokens.IsNull ? null : tokens.Integer(-1, MaxMajor);
                }
                else if (tokens.Is(ref scope, "minor"u8))
                {
                    minor = tokens.IsNull ? null : tokens.Integer(-1, MaxMinor);
                }
                else if (tokens.Is(ref scope, "access"u8))
                {
                    access = Access(ref tokens);
                }
                else
                {
                    tokens.Unknown();
                }
            }

            if (allow is null)
            {
                tokens.Missing(scope, "allow");
            }
        }

        return new DeviceRule
        {
            Allow = allow ?? false,
            Type = (DeviceType)Math.Max(type, 0),
            Major = major is null or < 0 ? null : (uint)major,
            Minor = minor is null or < 0 ? null : (uint)minor,
            Access = access,
        };
    }

    private static DeviceAccess Access(ref SpecTokens tokens)
    {
        var access = DeviceAccess.None;
        string? text = tokens.Text();
        foreach (char letter in text ?? "")
        {
            DeviceAccess one = letter switch
            {
                'r' => DeviceAccess.Read,
                'w' => DeviceAccess.Write,
                'm' => DeviceAccess.Mknod,
                _ => DeviceAccess.None,
            };
            if (one == DeviceAccess.None)
            {
                tokens.Problem($"unknown device access {JsonPath.Quote(text ?? "")}");
                break;
            }

            access |= one;
        }

        return access;
    }
}
