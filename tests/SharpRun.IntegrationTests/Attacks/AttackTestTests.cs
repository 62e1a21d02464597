namespace SharpRun.IntegrationTests.Attacks;

/// <summary>The comparison of before and after notices what it is for.</summary>
public sealed class AttackTestTests : AttackTest
{
    [MachineTheory]
    [InlineData("touch \"$dir/outside/new\"")]
    [InlineData("touch \"$dir/outside/folder/new\"; rm \"$dir/outside/folder/new\"")]
    [InlineData("echo other >\"$dir/outside/file\"")]
    [InlineData("chmod 644 \"$dir/outside/file\"")]
    [InlineData("chown 7 \"$dir/outside/folder\"")]
    [InlineData("rm \"$dir/outside/ptmx\"")]
    [InlineData("mount -t tmpfs tmpfs \"$rootfs\"; trap 'umount \"$rootfs\"' EXIT")]
    public async Task Attack_ThatChangesTheMachine_IsNoticed(string change)
    {
        Exception? failure = await Record.ExceptionAsync(() => Attack("", change));
        Assert.Contains("the machine has changed", Assert.IsAssignableFrom<Xunit.Sdk.XunitException>(failure).Message, StringComparison.Ordinal);
    }

    [MachineFact]
    public async Task Attack_ThatChangesNothing_Succeeds() => _ = (await Attack("", "true")).Succeeded();
}
