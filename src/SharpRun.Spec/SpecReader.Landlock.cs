using SharpRun.Spec.Validation;

namespace SharpRun.Spec;

// The document inside the annotation org.sharprun.landlock. Tables of words follow the order of the enum.
public static partial class SpecReader
{
    private static ReadOnlySpan<byte> LandlockAccessNames =>
        "execute write_file read_file read_dir remove_dir remove_file make_char make_dir make_reg make_sock make_fifo make_block make_sym refer truncate ioctl_dev bind_tcp connect_tcp"u8;

    private static ReadOnlySpan<byte> LandlockScopeNames => "abstract_unix_socket signal"u8;

    private static ReadOnlySpan<byte> LandlockCompatibilityNames => "strict best-effort"u8;

    /// <summary>The names of Landlock's rights, as landlock(7) has them in capitals.</summary>
    public static IReadOnlyList<string> LandlockAccessWords => Words(LandlockAccessNames);

    /// <summary>The names of Landlock's scopes.</summary>
    public static IReadOnlyList<string> LandlockScopeWords => Words(LandlockScopeNames);

    /// <summary>Reads and validates the annotation of a configuration; null when it has none.</summary>
    /// <exception cref="SpecException">Something is wrong with it; positions in the message count from the beginning of its text.</exception>
    public static LandlockSpec? ReadLandlock(IReadOnlyDictionary<string, string> annotations)
    {
        if (!annotations.TryGetValue(LandlockSpec.Annotation, out string? text))
        {
            return null;
        }

        try
        {
            return ReadDocument(System.Text.Encoding.UTF8.GetBytes(text), "config.json", Landlock, LandlockRules.Check);
        }
        catch (SpecException error)
        {
            var placed = new List<SpecProblem>();
            foreach (SpecProblem problem in error.Problems)
            {
                string path = problem.JsonPath.Length == 0 ? "" : "." + problem.JsonPath;
                placed.Add(problem with { JsonPath = LandlockSpec.JsonPlace + path });
            }

            throw new SpecException("config.json", placed, 0);
        }
    }

    private static LandlockSpec Landlock(ref SpecTokens tokens)
    {
        int? compatibility = null;
        List<LandlockAccess>? handled = null;
        List<LandlockScope>? scoped = null;
        List<LandlockRule>? rules = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "compatibility"u8))
                {
                    compatibility = tokens.Word(LandlockCompatibilityNames, "compatibility");
                }
                else if (tokens.Is(ref scope, "handled"u8))
                {
                    handled = Accesses(ref tokens);
                }
                else if (tokens.Is(ref scope, "scoped"u8))
                {
                    scoped = SpecTokens.ListOf(ref tokens, static (ref SpecTokens value) => (LandlockScope)value.Word(LandlockScopeNames, "Landlock scope"));
                }
                else if (tokens.Is(ref scope, "rules"u8))
                {
                    rules = SpecTokens.ListOf(ref tokens, LandlockRuleObject);
                }
                else
                {
                    // Not passed over as in the specification's documents: what restricts must be understood.
                    tokens.Refuse();
                }
            }
        }

        return new LandlockSpec { BestEffort = compatibility == 1, Handled = handled ?? [], Scoped = scoped ?? [], Rules = rules ?? [] };
    }

    private static LandlockRule LandlockRuleObject(ref SpecTokens tokens)
    {
        List<string>? paths = null;
        List<ushort>? ports = null;
        List<LandlockAccess>? access = null;
        if (tokens.Object(out MemberScope scope))
        {
            while (tokens.NextMember(ref scope))
            {
                if (tokens.Is(ref scope, "paths"u8))
                {
                    paths = tokens.Texts();
                }
                else if (tokens.Is(ref scope, "ports"u8))
                {
                    ports = SpecTokens.ListOf(ref tokens, static (ref SpecTokens value) => (ushort)(value.Natural(ushort.MaxValue) ?? 0));
                }
                else if (tokens.Is(ref scope, "access"u8))
                {
                    access = Accesses(ref tokens);
                }
                else
                {
                    tokens.Refuse();
                }
            }

            if (access is null)
            {
                tokens.Missing(scope, "access");
            }
        }

        return new LandlockRule(paths ?? [], ports ?? [], access ?? []);
    }

    private static List<LandlockAccess>? Accesses(ref SpecTokens tokens) =>
        SpecTokens.ListOf(ref tokens, static (ref SpecTokens value) => (LandlockAccess)value.Word(LandlockAccessNames, "Landlock right"));
}
