using Holdfast.Engines.Host;

namespace Holdfast.Hub.Tests.Loss;

/// <summary>Machines on the host engine.</summary>
public abstract class HostMachine : IAsyncLifetime
{
    private readonly string _index = Directory.CreateTempSubdirectory("hf-index-").FullName;

    protected TestMachine Machine { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var engine = new HostEngine(_index, TimeProvider.System);
        var faults = Environment.IsPrivilegedProcess ? [] : await engine.CheckAsync(CancellationToken.None);
        Machine = await TestMachine.StartAsync(engine);
        if (faults.Count > 0 || engine.PathOf(Machine.Record.Id, "/") == "/")
        {
            await DisposeAsync();
            Assert.Skip("The host engine cannot isolate here (CAP_SYS_ADMIN).");
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Machine.DisposeAsync();
        Directory.Delete(_index, recursive: true);
    }
}
