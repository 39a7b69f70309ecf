using System.Diagnostics;
using System.Globalization;
using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Lab.Bench.Clients;

/// <summary>A kernel without a server: jupyter_client straight on it.</summary>
internal static class DirectKernel
{
    /// <summary>Seconds from the request to its reply, and how many displays arrived.</summary>
    public static async Task<(double Seconds, int Displays)> RunAsync(Place place, string code, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(PeerServer.Python, [Path.Combine(AppContext.BaseDirectory, "Clients/direct_kernel.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = place.Folder,
        };
        foreach (var (name, value) in Surroundings.In(place.NewFolder("direct"))) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        await process.StandardInput.WriteAsync(code.AsMemory(), cancellationToken);
        process.StandardInput.Close();
        var fields = (await process.StandardOutput.ReadToEndAsync(cancellationToken)).Split(' ');
        await process.WaitForExitAsync(cancellationToken);
        return (double.Parse(fields[0], CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture));
    }
}
