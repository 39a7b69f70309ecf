using System.Diagnostics;
using System.Text.Json;

namespace Holdfast.Lab.Bench.Servers;

/// <summary><c>holdfast lab</c> with a keeper of its own.</summary>
internal sealed class HoldfastServer : BenchServer
{
    private readonly Place _place;
    private readonly Dictionary<string, string> _environment;
    private readonly bool _keepsKeeper;
    private int? _keeper;

    /// <param name="place">Where the program is.</param>
    /// <param name="root">The folder of notebooks.</param>
    /// <param name="state">The state folder; null for a new one.</param>
    /// <param name="keepsKeeper">Whether the keeper stays when the lab ends.</param>
    public HoldfastServer(Place place, string root, string? state = null, bool keepsKeeper = false) : base(root)
    {
        (_place, _keepsKeeper) = (place, keepsKeeper);
        State = state ?? place.NewFolder("state");
        _environment = new Dictionary<string, string>(Surroundings.In(State)) { ["HOLDFAST_STATE"] = State };
    }

    public string State { get; }

    /// <summary>The lab and the keeper.</summary>
    public override IReadOnlyList<int> Processes => [ProcessId, _keeper ??= FindKeeper()];

    /// <summary>How many bytes <c>holdfast outputs</c> prints of a notebook.</summary>
    public Task<long> CountOutputsAsync(string notebook, CancellationToken cancellationToken) =>
        Servers.Command.CountAsync(_place.Program, _environment, ["outputs", Path.Combine(Root, notebook)], cancellationToken);

    /// <summary>How large the journal of a kernel is.</summary>
    public long JournalBytes(string kernel) => new DirectoryInfo(Path.Combine(State, "kernels", kernel, "journal")).EnumerateFiles().Sum(file => file.Length);

    /// <summary>Ends the keeper and its kernels.</summary>
    public void StopKeeper() => Servers.Command.Read(_place.Program, _environment, "keeper", "stop", "--yes");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (!_keepsKeeper) StopKeeper();
    }

    protected override ProcessStartInfo Command()
    {
        var start = new ProcessStartInfo(_place.Program, ["lab", Root, "--port", $"{Port}", "--token", Token, "--no-browser"]);
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        return start;
    }

    private int FindKeeper()
    {
        using var keeper = JsonDocument.Parse(Servers.Command.Read(_place.Program, _environment, "keeper", "ls", "--output", "json"));
        return keeper.RootElement.GetProperty("pid").GetInt32();
    }
}
