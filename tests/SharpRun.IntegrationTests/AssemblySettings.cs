global using SharpRun.IntegrationTests.Machines;

// One test at a time: the guest serves one script at a time, and what a test leaves behind is then its own.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
