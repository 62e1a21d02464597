using SharpRun.Linux.Abi;
using SharpRun.Linux.Cgroups;
using SharpRun.Spec;
using Xunit;

namespace SharpRun.Linux.Tests.Cgroups;

/// <summary>The program says what the list says.</summary>
public class DeviceProgramTests
{
    private static readonly uint?[] Majors = [1, 5, 8, 10, 136, 4095, null];
    private static readonly uint?[] Minors = [0, 2, 3, 8, 200, 1_048_575, null];
    private static readonly string[] Paths = ["/dev/null", "/dev/random", "/dev/full", "/dev/tty", "/dev/zero", "/dev/urandom", "/dev/ptmx", "/dev/x"];
    private static readonly string[] Accesses = ["m", "r", "mr", "w", "mw", "rw", "mrw"];

    [Theory]
    [InlineData("c 1:3 rw", true)]
    [InlineData("c 1:5 rwm", true)]
    [InlineData("c 1:7 r", true)]
    [InlineData("c 1:8 r", true)]
    [InlineData("c 1:9 w", true)]
    [InlineData("c 5:0 rw", true)]
    [InlineData("c 5:2 rw", true)]
    [InlineData("c 136:77 rw", true)]
    [InlineData("c 10:200 rw", true)]
    [InlineData("c 10:201 rw", false)]
    [InlineData("c 1:1 r", false)]
    [InlineData("c 1:11 w", false)]
    [InlineData("c 5:1 rw", false)]
    [InlineData("b 8:0 r", false)]
    [InlineData("b 1:3 r", false)]
    [InlineData("b 8:0 m", true)]
    [InlineData("c 1:1 m", true)]
    [InlineData("c 1:1 rm", false)]
    public void Compile_NoRules_AllowsTheDefaultDevicesAlone(string request, bool allowed) => Assert.Equal(allowed, Ask([], request));

    [Theory]
    [InlineData("a c 1:11 r", "c 1:11 r", true)]
    [InlineData("a c 1:11 r", "c 1:11 w", false)]
    [InlineData("a c 1:11 r", "c 1:11 rw", false)]
    [InlineData("a c 1:11 r, a c 1:11 w", "c 1:11 rw", true)]
    [InlineData("a c 1:11 r, a c 1:* w", "c 1:11 rw", false)]
    [InlineData("a b *:3 rw", "b 8:3 rw", true)]
    [InlineData("a b *:3 rw", "b 8:4 rw", false)]
    [InlineData("a b 8:* r", "b 8:4 r", true)]
    [InlineData("a b *:* rwm", "b 8:4 rw", true)]
    [InlineData("a b *:* rwm", "c 8:4 rw", false)]
    [InlineData("a c 1:11 rw, d c 1:11 w", "c 1:11 r", true)]
    [InlineData("a c 1:11 rw, d c 1:11 w", "c 1:11 w", false)]
    [InlineData("a c 1:11 rw, d c 1:* rw", "c 1:11 rw", true)]
    [InlineData("d c 1:3 rwm", "c 1:3 rw", true)]
    [InlineData("a a *:* rwm", "b 8:0 rw", true)]
    [InlineData("a a *:* rwm, d b 8:0 w", "b 8:0 r", true)]
    [InlineData("a a *:* rwm, d b 8:0 w", "b 8:0 w", false)]
    [InlineData("a a *:* rwm, d b 8:0 w", "b 8:0 rw", false)]
    [InlineData("a a *:* rwm, d b 8:0 rw, a b 8:0 r", "b 8:0 r", true)]
    [InlineData("a a *:* rwm, d c 1:3 rw", "c 1:3 rw", true)]
    [InlineData("a a *:* rwm, d b *:* rwm", "b 8:0 m", true)]
    [InlineData("a a *:* rwm, d b *:* rwm", "b 8:0 r", false)]
    [InlineData("a b 8:0 rw, d a *:* rwm", "b 8:0 r", false)]
    [InlineData("d b 8:0 rw, a a *:* rwm, d a *:* rwm, a b 8:1 r", "b 8:1 r", true)]
    public void Compile_KnownList_DecidesAsTheListDoes(string rules, string request, bool allowed) => Assert.Equal(allowed, Ask(Rules(rules), request));

    [Theory]
    [InlineData("a c 1:* rw, d c 1:11 w", "linux.resources.devices[1]: cannot deny c 1:11 w: c 1:* rw is allowed as a whole")]
    [InlineData("a a *:* rwm, d b *:3 r, a b 8:3 rwm", "linux.resources.devices[2]: cannot allow b 8:3 rwm: b *:3 r is denied as a whole")]
    [InlineData("a c *:* m, d c 1:* m", "linux.resources.devices[1]: cannot deny c 1:* m: c *:* m is allowed as a whole")]
    [InlineData("a a *:* rwm, d c 1:* rwm", "linux.resources.devices: cannot allow the default device c 1:3 rwm: c 1:* rwm is denied as a whole")]
    public void Of_RuleThatTakesFromAWildcard_IsRefused(string rules, string message)
    {
        LinuxException error = Assert.Throws<LinuxException>(() => DeviceRules.Of(Rules(rules), []));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Compile_DeviceInThePlaceOfADefault_TakesItsRuleAway()
    {
        DeviceSpec[] devices = [Device("/dev/null")];
        Assert.False(Ask([], "c 1:3 r", devices));
        Assert.True(Ask([], "c 1:3 m", devices));
        Assert.True(Ask([], "c 1:5 r", devices));
        Assert.True(Ask(Rules("a c 1:3 rw"), "c 1:3 rw", devices));
    }

    [Fact]
    public void Compile_EverythingAllowed_IsOneAnswer()
    {
        BpfInstruction[] program = DeviceProgram.Compile(DeviceRules.Of(Rules("a a *:* rwm"), []));
        Assert.Equal([new(0xb7, 0, 0, 1), new(0x95, 0, 0, 0)], program);
    }

    [Fact]
    public void Compile_RandomLists_DecideAsTheModel()
    {
        var random = new Random(20);
        int compiled = 0, refused = 0, allowed = 0, denied = 0;
        for (int list = 0; list < 20_000; list++)
        {
            DeviceRule[] rules = [.. Enumerable.Range(0, random.Next(15)).Select(_ => RandomRule(random))];
            DeviceSpec[] devices = [.. Paths.Where(_ => random.Next(4) == 0).Select(Device)];
            DeviceListModel? model = DeviceListModel.Of(rules, devices);
            if (model is null)
            {
                _ = Assert.Throws<LinuxException>(() => DeviceRules.Of(rules, devices));
                refused++;
                continue;
            }

            compiled++;
            BpfInstruction[] program = DeviceProgram.Compile(DeviceRules.Of(rules, devices));
            BpfEvaluator.CheckFlow(program);
            for (int request = 0; request < 60; request++)
            {
                uint type = (uint)random.Next(1, 3);
                uint major = Pick(random, Majors) ?? 77;
                uint minor = Pick(random, Minors) ?? 77;
                uint access = (uint)random.Next(1, 8);
                bool expected = model.Allows(type == 1 ? 'b' : 'c', major, minor, Accesses[access - 1]);
                Assert.Equal(expected ? 1UL : 0UL, BpfEvaluator.Run(program, type, access, major, minor));
                _ = expected ? allowed++ : denied++;
            }
        }

        // Otherwise the lists are of one kind, and the comparison says little.
        Assert.True(compiled > 4000 && refused > 1000 && allowed > 50_000 && denied > 50_000, $"{compiled} {refused} {allowed} {denied}");
    }

    /// <remarks>A list tells apart the numbers that it names, and treats all others alike: one more of each stands for those.</remarks>
    [Fact]
    public void Compile_RandomLists_DecideAsTheModelForEveryDeviceAndAccess()
    {
        var random = new Random(21);
        uint[] majors = [.. Majors.Select(static major => major ?? 77)], minors = [.. Minors.Select(static minor => minor ?? 77), 1, 5, 7, 9];
        int compared = 0;
        while (compared < 500)
        {
            DeviceRule[] rules = [.. Enumerable.Range(0, random.Next(12)).Select(_ => RandomRule(random))];
            if (DeviceListModel.Of(rules, []) is not { } model)
            {
                continue;
            }

            compared++;
            BpfInstruction[] program = DeviceProgram.Compile(DeviceRules.Of(rules, []));
            foreach (uint major in majors)
            {
                foreach (uint minor in minors)
                {
                    for (uint access = 1; access < 8; access++)
                    {
                        Assert.Equal(model.Allows('b', major, minor, Accesses[access - 1]) ? 1UL : 0UL, BpfEvaluator.Run(program, 1, access, major, minor));
                        Assert.Equal(model.Allows('c', major, minor, Accesses[access - 1]) ? 1UL : 0UL, BpfEvaluator.Run(program, 2, access, major, minor));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("rwm")]
    [InlineData("r")]
    public void Compile_LongList_FitsUntilItIsTooLong(string access)
    {
        int count = 1;
        BpfInstruction[] program = [];
        LinuxException? error = null;
        for (; error is null; count += 10)
        {
            int length = program.Length;
            error = Record.Exception(() => program = DeviceProgram.Compile(DeviceRules.Of(Numbered(count, access), []))) as LinuxException;
            Assert.True(error is not null || program.Length > length);
        }

        Assert.True(count > 500);
        Assert.InRange(program.Length, 4000, 4096);
        Assert.Equal("linux.resources.devices: too many rules: the device program is longer than 4096 instructions", error.Message);
        BpfEvaluator.CheckFlow(program);
    }

    [Fact]
    public void Compile_HostileList_IsRefusedSoon()
    {
        DeviceRule[] rules = Numbered(200_000, "rw");
        _ = Assert.Throws<LinuxException>(() => DeviceProgram.Compile(DeviceRules.Of(rules, [])));
    }

    /// <summary>Rules for as many different devices, a few minor numbers for each major.</summary>
    internal static DeviceRule[] Numbered(int count, string access) =>
        [.. Enumerable.Range(0, count).Select(i => new DeviceRule
        {
            Allow = true, Type = DeviceType.Block, Major = (uint)(200 + (i / 4)), Minor = (uint)(i * 7), Access = Letters(access),
        })];

    /// <summary>Rules written as <c>a c 1:3 rw, d b *:* m</c>: allow or deny, type, numbers, access.</summary>
    internal static DeviceRule[] Rules(string text) => [.. text.Split(", ").Select(rule => Rule(rule.Split(' ', ':')))];

    private static DeviceRule Rule(string[] words) => new()
    {
        Allow = words[0] == "a",
        Type = words[1] switch { "a" => DeviceType.All, "b" => DeviceType.Block, _ => DeviceType.Character },
        Major = words[2] == "*" ? null : uint.Parse(words[2], null),
        Minor = words[3] == "*" ? null : uint.Parse(words[3], null),
        Access = Letters(words[4]),
    };

    private static DeviceRule RandomRule(Random random) => new()
    {
        Allow = random.Next(2) == 0,
        Type = random.Next(12) == 0 ? DeviceType.All : random.Next(2) == 0 ? DeviceType.Block : DeviceType.Character,
        Major = Pick(random, Majors),
        Minor = Pick(random, Minors),
        Access = (DeviceAccess)random.Next(1, 8),
    };

    private static T Pick<T>(Random random, T[] values) => values[random.Next(values.Length)];

    private static DeviceAccess Letters(string letters) =>
        letters.Aggregate(DeviceAccess.None, (access, letter) => access | (letter switch { 'r' => DeviceAccess.Read, 'w' => DeviceAccess.Write, _ => DeviceAccess.Mknod }));

    private static DeviceSpec Device(string path) => new() { Type = DeviceType.Character, Path = path, Major = 200, Minor = 1 };

    private static bool Ask(DeviceRule[] rules, string request, params DeviceSpec[] devices)
    {
        BpfInstruction[] program = DeviceProgram.Compile(DeviceRules.Of(rules, devices));
        BpfEvaluator.CheckFlow(program);
        DeviceRule asked = Rule(["a", .. request.Split(' ', ':')]);
        return BpfEvaluator.Run(program, asked.Type == DeviceType.Block ? 1u : 2u, (uint)asked.Access, asked.Major!.Value, asked.Minor!.Value) == 1;
    }
}
