using System.Diagnostics;

namespace Holdfast.Lab.Bench.Servers;

/// <summary>Debian's jupyter_server; <paramref name="script"/> is what it is started through, below Servers/.</summary>
internal sealed class PeerServer(Place place, string root, bool noDelay = false, bool noLimits = false, string script = "nodelay.py") : BenchServer(root)
{
    public const string Python = "/usr/bin/python3";

    private readonly string _state = place.NewFolder("peer");

    public override IReadOnlyList<int> Processes => [ProcessId];

    protected override ProcessStartInfo Command()
    {
        var start = new ProcessStartInfo(Python, noDelay ? [Path.Combine(AppContext.BaseDirectory, "Servers", script)] : ["-m", "jupyter_server"]);
        string[] options =
        [
            "--allow-root", "--no-browser", $"--ServerApp.root_dir={Root}", $"--ServerApp.token={Token}", "--ServerApp.ip=127.0.0.1",
            $"--ServerApp.port={Port}", "--ServerApp.port_retries=0", "--ServerApp.open_browser=False",
        ];
        foreach (var option in options) start.ArgumentList.Add(option);
        if (noLimits)
        {
            start.ArgumentList.Add("--ServerApp.iopub_msg_rate_limit=1e12");
            start.ArgumentList.Add("--ServerApp.iopub_data_rate_limit=1e15");
        }

        foreach (var (name, value) in Surroundings.In(_state)) start.Environment[name] = value;
        return start;
    }
}
