namespace SharpRun.IntegrationTests.Machines;

/// <summary>The guest of <see cref="GuestMachine"/> with SELinux in the place of AppArmor.</summary>
public sealed class SelinuxMachine : GuestMachine
{
    /// <inheritdoc/>
    public override Needs Offers => (base.Offers & ~(Needs.Apparmor | Needs.Runc)) | Needs.Selinux;

    /// <inheritdoc/>
    protected override IEnumerable<string> Options => ["--selinux"];
}
