using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Tests;

/// <summary>
/// What every engine does. An engine's own class gives the engine and the image; everything that runs inside is Debian's: sh, coreutils.
/// </summary>
public abstract partial class EngineConformance : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-engine-").FullName;
    private readonly List<string> _ids = [];

    /// <summary>The engine that the tests talk to.</summary>
    protected IEngine Engine { get; private set; } = null!;

    /// <summary>What <see cref="WorkloadSpec.Image"/> is; null for the host.</summary>
    protected abstract string? Image { get; }

    /// <summary>A folder of this test alone.</summary>
    protected string Folder => _folder;

    /// <summary>The most that a test waits for one thing.</summary>
    protected static TimeSpan Patience => TimeSpan.FromSeconds(60);

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The engine as another process would open it: called once for each test, and again for a second view. Skips the test when it cannot run here.</summary>
    protected abstract Task<IEngine> OpenAsync();

    public virtual async ValueTask InitializeAsync()
    {
        try
        {
            Engine = await OpenAsync();
        }
        catch
        {
            // A test that is skipped here is not disposed of.
            Directory.Delete(_folder, recursive: true);
            throw;
        }
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var id in _ids)
        {
            await Engine.StopAsync(id, TimeSpan.Zero, CancellationToken.None);
            await Engine.RemoveAsync(id, CancellationToken.None);
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A workload that is one shell script. What it starts is removed after the test.</summary>
    protected WorkloadSpec Script(string script) => Command("/bin/sh", "-c", script);

    /// <summary>A workload of a program and its arguments.</summary>
    protected WorkloadSpec Command(params string[] argv)
    {
        var id = $"t{Guid.NewGuid():N}"[..12];
        _ids.Add(id);
        return new WorkloadSpec
        {
            Id = id,
            Image = Image,
            Argv = argv,
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
            Scratch = Directory.CreateDirectory(Path.Combine(_folder, id), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName,
            OutputFile = Path.Combine(_folder, $"{id}.out"),
        };
    }

    /// <summary>A folder of this host to be mounted.</summary>
    protected string Shared(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    /// <summary>Starts a workload; one that its engine has put into a queue is waited for.</summary>
    protected async Task<WorkloadStatus> StartAsync(WorkloadSpec spec)
    {
        var status = Value(await Engine.StartAsync(spec, Cancellation));
        while (status.Waiting is not null) status = Value(await Engine.WaitForChangeAsync(spec.Id, status, Cancellation).WaitAsync(Patience, Cancellation));
        return status;
    }

    protected async Task<WorkloadStatus> WaitAsync(string id) => Value(await Engine.WaitAsync(id, Cancellation).WaitAsync(Patience, Cancellation));

    /// <summary>Runs a workload to its end.</summary>
    protected async Task<WorkloadStatus> RunAsync(WorkloadSpec spec)
    {
        await StartAsync(spec);
        return await WaitAsync(spec.Id);
    }

    /// <summary>Starts a workload and waits until it has said something.</summary>
    protected async Task<WorkloadStatus> StartAsync(WorkloadSpec spec, string untilItSays)
    {
        var status = await StartAsync(spec);
        await UntilAsync(() => Output(spec).Contains(untilItSays, StringComparison.Ordinal), () => $"'{untilItSays}' in the output; it is: {Output(spec)}");
        return status;
    }

    protected static string Output(WorkloadSpec spec) => File.Exists(spec.OutputFile) ? File.ReadAllText(spec.OutputFile) : "";

    /// <summary>What a command inside says; it must succeed.</summary>
    protected async Task<string> SaysAsync(string id, string script)
    {
        var result = Value(await Engine.ExecAsync(id, new ExecCommand(["/bin/sh", "-c", script]), Cancellation).WaitAsync(Patience, Cancellation));
        Assert.True(result.ExitCode == 0, $"{script}: {result.ExitCode} {result.Error}");
        return result.Output;
    }

    protected async Task<List<LayerChange>> ChangesAsync(string id)
    {
        var changes = new List<LayerChange>();
        await foreach (var change in Engine.ChangesAsync(id, Cancellation)) changes.Add(change);
        return changes;
    }

    protected static T Value<T>(EngineResult<T> result)
    {
        Assert.True(result.Fault is null, result.Fault?.ToString());
        return result.Value!;
    }

    protected static EngineFault Fault<T>(EngineResult<T> result)
    {
        Assert.NotNull(result.Fault);
        return result.Fault;
    }

    protected static async Task UntilAsync(Func<bool> condition, Func<string> what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Patience);
        try
        {
            while (!condition()) await Task.Delay(5, limit.Token);
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            Assert.Fail($"Waited in vain for {what()}");
        }
    }
}
