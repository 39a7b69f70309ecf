using System.Collections;
using System.Text.Json;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Kernels;

[assembly: AssemblyFixture(typeof(Holdfast.Lab.Tests.Kernels.KeeperFixture))]

namespace Holdfast.Lab.Tests.Kernels;

/// <summary>One real keeper (the holdfast program) for all tests of kernels, with a state folder of its own. Ended with all its kernels.</summary>
public sealed class KeeperFixture : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-").FullName;
    private KeeperClient? _client;
    private bool _hasPython;
    private readonly Lazy<Task> _prepared;

    public KeeperFixture() => _prepared = new Lazy<Task>(PrepareAsync);

    internal KeeperHome Home { get; private set; } = null!;

    internal KeeperClient Client => _client!;

    /// <summary>One search for all labs.</summary>
    internal KernelSpecs Specs { get; private set; } = null!;

    /// <summary>The variables of this process, with a folder of kernelspecs of the tests'.</summary>
    internal Dictionary<string, string> Variables { get; } = Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await _client.StopKeeperAsync(limit.Token);
            await _client.DisposeAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    internal LabOptions Options(string root) => new() { Root = root, AssetsFolder = "/nonexistent", StateFolder = Home.StateFolder, Environment = Variables };

    /// <summary>Completes when the keeper runs.</summary>
    internal Task ReadyAsync() => _prepared.Value;

    /// <summary>A lab on a new root folder, or on that of <paramref name="again"/> with its state.</summary>
    internal async Task<LabHost> StartLabAsync(LabHost? again = null, string baseUrl = "/")
    {
        await _prepared.Value;
        if (!_hasPython)
            Assert.Skip("No Python with ipykernel is installed.");
        return await LabHost.StartAsync(this, again?.Root ?? Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName, baseUrl);
    }

    private async Task PrepareAsync()
    {
        Variables["HOLDFAST_STATE"] = Path.Combine(_folder, "state");
        Variables["JUPYTER_PATH"] = Path.Combine(_folder, "jupyter");
        Variables["JUPYTER_DATA_DIR"] = Path.Combine(_folder, "data");
        Variables["JPY_PARENT_PID"] = "1";
        Home = KeeperHome.FromEnvironment(Variables) with { Program = Path.Combine(AppContext.BaseDirectory, "holdfast") };
        await WriteSpecAsync("dies", """{"argv": ["/bin/sh", "-c", "echo 'no module named shark' >&2; exit 3", "{connection_file}"], "display_name": "Dies", "language": "sh"}""");
        Specs = new KernelSpecs(Options("/"), TimeProvider.System);
        var catalog = await Specs.GetAsync();
        if (catalog.Specs.GetValueOrDefault("python3") is { } python)
        {
            _hasPython = true;
            var argv = JsonSerializer.Serialize(python.Argv);
            await WriteSpecAsync("variables", $$$"""{"argv": {{{argv}}}, "display_name": "Variables", "language": "python", "env": {"SHARK": "${HOLDFAST_STATE}/fin", "KEPT": "${NOT_THERE}"}}""");
            var subshells = JsonSerializer.Serialize((string[])[python.Argv[0], Path.Combine(AppContext.BaseDirectory, "Kernels/subshells.py"), "{connection_file}"]);
            await WriteSpecAsync("subshells", $$"""{"argv": {{subshells}}, "display_name": "Subshells", "language": "python"}""");
            Specs = new KernelSpecs(Options("/"), TimeProvider.System);
        }
        var reply = await KeeperClient.ConnectAsync(Home);
        Assert.True(reply.Ok, reply.Failure?.Message);
        _client = reply.Value;
    }

    private Task WriteSpecAsync(string name, string json)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "jupyter/kernels", name)).FullName;
        File.WriteAllBytes(Path.Combine(folder, "logo-64x64.png"), [0x89, 0x50]);
        return File.WriteAllTextAsync(Path.Combine(folder, "kernel.json"), json);
    }
}
