using System.Runtime.InteropServices;
using SharpRun.Linux.Abi;
using SharpRun.Linux.Plan;
using Xunit;

namespace SharpRun.Linux.Tests.Plan;

/// <summary>The verifier stands between any bytes and a child that follows them blindly.</summary>
public class PlanVerifierTests
{
    [Fact]
    public void Build_RegisterThatMayBeEmpty_IsRefused() =>
        Refused(static plan => plan.Close(FdSlot.Target), "a register may be empty");

    [Fact]
    public void Build_RegisterEmptyOnOneWay_IsRefused() =>
        Refused(
            static plan =>
            {
                PlanLabel next = plan.NewLabel();
                _ = plan.OpenHost("/x", 0, FdSlot.Target).OnError(next, Errno.ENOENT);
                plan.Mark(next);
                return plan.Close(FdSlot.Target);
            },
            "a register may be empty");

    [Fact]
    public void Build_RegisterUsedAfterClose_IsRefused() =>
        Refused(static plan => plan.OpenHost("/x", 0, FdSlot.Target).Close(FdSlot.Target).Close(FdSlot.Target), "a register may be empty");

    [Fact]
    public void Build_StepsThatNoWayLeadsTo_AreRefused() =>
        Refused(
            static plan =>
            {
                PlanLabel next = plan.NewLabel();
                _ = plan.SetUmask(0).OnSuccess(next).SetUmask(1);
                plan.Mark(next);
                return plan;
            },
            "no way leads here");

    [Fact]
    public void Build_LabelThatIsNotMarked_IsRefused() =>
        Refused(static plan => plan.SetUmask(0).OnError(plan.NewLabel(), Errno.EPERM), "an edge does not lead forward to an op");

    [Fact]
    public void Build_EdgeBackwards_IsRefused() =>
        Refused(
            static plan =>
            {
                _ = plan.SetUmask(0);
                PlanLabel here = plan.NewLabel();
                plan.Mark(here);
                return plan.SetUmask(1).OnSuccess(here).SetUmask(2);
            },
            "an edge does not lead forward to an op");

    [Fact]
    public void Build_NoExecute_IsRefused()
    {
        LinuxException error = Assert.Throws<LinuxException>(static () => new PlanBuilder().SetUmask(0).Build());
        Assert.Contains("does not end with Execute", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_TextWithNul_IsRefusedWithItsPath()
    {
        LinuxException error = Assert.Throws<LinuxException>(static () => new PlanBuilder().From("process.cwd").ChangeDirectory("/a\0b"));
        Assert.Equal("process.cwd: text contains a NUL byte", error.Message);
    }

    [Fact]
    public void Verify_EveryChangedByte_IsRefusedOrHarmless()
    {
        byte[] block = Sample();
        var random = new Random(1);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] damaged = (byte[])block.Clone();
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            VerifyAndWalk(damaged);
        }
    }

    [Fact]
    public void Verify_EveryTruncation_IsRefused()
    {
        byte[] block = Sample();
        for (int length = 0; length < block.Length; length++)
        {
            byte[] cut = block[..length];
            _ = Assert.Throws<LinuxException>(() => PlanVerifier.Verify(cut));
        }
    }

    [Fact]
    public void Verify_NumbersAtTheirEnds_AreRefusedOrHarmless()
    {
        byte[] block = Sample();
        int[] ends = [0, 1, -1, 7, 8, int.MaxValue, int.MinValue, block.Length, 0x10000000];
        for (int offset = 0; offset + 4 <= block.Length; offset += 4)
        {
            foreach (int value in ends)
            {
                byte[] damaged = (byte[])block.Clone();
                _ = MemoryMarshal.TryWrite(damaged.AsSpan(offset), value);
                VerifyAndWalk(damaged);
            }
        }
    }

    /// <summary>What passes must be readable from end to end: the printer touches every text and every list.</summary>
    private static void VerifyAndWalk(byte[] block)
    {
        try
        {
            PlanVerifier.Verify(block);
        }
        catch (LinuxException)
        {
            return;
        }

        int steps = 0;
        var reader = new PlanReader(block);
        while (reader.Next())
        {
            steps++;
            Assert.NotEmpty(StepText.Of(reader));
            Assert.NotNull(StepCalls.Of(reader));
        }

        Assert.Equal(MemoryMarshal.Read<PlanHeader>(block).StepCount, steps);
    }

    private static byte[] Sample()
    {
        var plan = new PlanBuilder();
        PlanLabel next = plan.NewLabel();
        _ = plan.From("mounts[0]").OpenHost("/x", 0, FdSlot.Rootfs).OpenInRoot("/y", 0, FdSlot.Target).OnError(next, Errno.ENOENT)
            .Close(FdSlot.Target);
        plan.Mark(next);
        return Ended(plan.SetGroups([1, 2, 3]).SetHostname("h").CloseOthers(3, FdSlot.Sync)).Bytes.ToArray();
    }

    private static void Refused(Func<PlanBuilder, PlanBuilder> build, string problem)
    {
        LinuxException error = Assert.Throws<LinuxException>(() => Ended(build(new PlanBuilder())));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private static LaunchPlan Ended(PlanBuilder plan) => plan.FindProgram("x", ["/x"]).Execute(["x"], ["A=b"]).Build();
}
