using System.Globalization;
using System.Runtime.InteropServices;
using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Lab.Bench.Figures;

/// <summary>Where the figures come from, in a line.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";
        var memory = double.Parse(File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / (1 << 20);
        var system = File.ReadLines("/etc/os-release").FirstOrDefault(line => line.StartsWith("PRETTY_NAME", StringComparison.Ordinal))?.Split('=')[1].Trim('"');
        var peers = Command.Read(PeerServer.Python, "-c",
            "import sys, jupyter_server, tornado, zmq, ipykernel; print(f'Python {sys.version.split()[0]}, jupyter_server {jupyter_server.__version__}, tornado {tornado.version}, pyzmq {zmq.__version__}, ipykernel {ipykernel.__version__}')");
        return $"{DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC. {Environment.ProcessorCount} × {model}, {memory:0} GiB, {system}, kernel {Environment.OSVersion.Version}, "
            + $"{RuntimeInformation.FrameworkDescription}; {peers}. Load average: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}.";
    }
}
