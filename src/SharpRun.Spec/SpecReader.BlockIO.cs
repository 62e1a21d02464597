namespace SharpRun.Spec;

// The blockIO object of the resources.
public static partial class SpecReader
{
    private static BlockIoLimits? BlockIO(ref SpecTokens tokens)
    {
        if (!tokens.OptionalObject(out MemberScope scope))
        {
            return null;
        }

        ulong? weight = null;
        ulong? leafWeight = null;
        List<BlockIoWeightDevice>? weightDevice = null;
        List<BlockIoThrottleDevice>? readBps = null;
        List<BlockIoThrottleDevice>? writeBps = null;
        List<BlockIoThrottleDevice>? readIops = null;
        List<BlockIoThrottleDevice>? writeIops = null;
        while (tokens.NextMember(ref scope))
        {
            if (tokens.Is(ref scope, "weight"u8))
            {
                weight = tokens.IsNull ? null : tokens.Natural(ushort.MaxValue);
            }
            else if (tokens.Is(ref scope, "leafWeight"u8))
            {
                leafWeight = tokens.IsNull ? null : tokens.Natural(ushort.MaxValue);
            }
            else if (tokens.Is(ref scope, "weightDevice"u8))
            {
                weightDevice = SpecTokens.ListOf(ref tokens, WeightDevice);
            }
            else if (tokens.Is(ref scope, "throttleReadBpsDevice"u8))
            {
                readBps = SpecTokens.ListOf(ref tokens, ThrottleDevice);
            }
            else if (tokens.Is(ref scope, "throttleWriteBpsDevice"u8))
            {
                writeBps = SpecTokens.ListOf(ref tokens, ThrottleDevice);
            }
            else if (tokens.Is(ref scope, "throttleReadIOPSDevice"u8))
            {
                readIops = SpecTokens.ListOf(ref tokens, ThrottleDevice);
            }
            else if (tokens.Is(ref scope, "throttleWriteIOPSDevice"u8))
            {
                writeIops = SpecTokens.ListOf(ref tokens, ThrottleDevice);
            }
            else
            {
                tokens.Unknown();
            }
        }

        return new BlockIoLimits
        {
            Weight = (ushort?)weight,
            LeafWeight = (ushort?)leafWeight,
            WeightDevice = weightDevice ?? [],
            ThrottleReadBpsDevice = readBps ?? [],
            ThrottleWriteBpsDevice = writeBps ?? [],
            ThrottleReadIopsDevice = readIops ?? [],
            ThrottleWriteIopsDevice = writeIops ?? [],
        };
    }

    private static BlockIoWeightDevice WeightDevice(ref SpecTokens tokens)
    {
        ulong? major = null;
        ulong? minor = null;
        ulong? weight = null;
        ulong? leafWeight = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "major"u8))
                {
                    major = tokens.Natural(MaxMajor);
                }
                else if (tokens.Is(ref scope, "minor"u8))
                {
                    minor = tokens.Natural(MaxMinor);
                }
                else if (tokens.Is(ref scope, "weight"u8))
                {
                    weight = tokens.IsNull ? null : tokens.Natural(ushort.MaxValue);
                }
                else if (tokens.Is(ref scope, "leafWeight"u8))
                {
                    leafWeight = tokens.IsNull ? null : tokens.Natural(ushort.MaxValue);
                }
                else
                {
                    tokens.Unknown();
                }
            }

            if (major is null)
            {
                tokens.Missing(scope, "major");
            }

            if (minor is null)
            {
                tokens.Missing(scope, "minor");
            }
        }

        return new BlockIoWeightDevice((uint)(major ?? 0), (uint)(minor ?? 0), (ushort?)weight, (ushort?)leafWeight);
    }

    private static BlockIoThrottleDevice ThrottleDevice(ref SpecTokens tokens)
    {
        ulong? major = null;
        ulong? minor = null;
        ulong? rate = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "major"u8))
                {
                    major = tokens.Natural(MaxMajor);
                }
                else if (tokens.Is(ref scope, "minor"u8))
                {
                    minor = tokens.Natural(MaxMinor);
                }
                else if (tokens.Is(ref scope, "rate"u8))
                {
                    rate = tokens.Natural();
                }
                else
                {
                    tokens.Unknown();
                }
            }

            if (major is null)
            {
                tokens.Missing(scope, "major");
            }

            if (minor is null)
            {
                tokens.Missing(scope, "minor");
            }
        }

        return new BlockIoThrottleDevice((uint)(major ?? 0), (uint)(minor ?? 0), rate ?? 0);
    }
}
