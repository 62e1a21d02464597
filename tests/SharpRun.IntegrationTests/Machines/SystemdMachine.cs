namespace SharpRun.IntegrationTests.Machines;

/// <summary>The guest of <see cref="GuestMachine"/> with a Debian in it whose first process is systemd.</summary>
public sealed class SystemdMachine : GuestMachine
{
    /// <inheritdoc/>
    public override Needs Offers => (base.Offers & ~Needs.Runc) | Needs.Systemd;

    /// <inheritdoc/>
    protected override IEnumerable<string> Options => ["--systemd"];
}
