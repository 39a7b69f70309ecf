using System.ComponentModel;
using System.Diagnostics;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;

namespace Holdfast.Engines.Slurm;

/// <summary>Runs Slurm's programs: no shell, no variable of this process but the path of the configuration.</summary>
internal sealed class SlurmProgram(SlurmSettings settings)
{
    // Slurm's programs wait for a controller that does not answer; this is longer than they do by themselves.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>The configuration; null for the usual place.</summary>
    public string? Conf { get; } = settings.Conf ?? Environment.GetEnvironmentVariable("SLURM_CONF");

    /// <summary>What a program says; a fault when it fails.</summary>
    public async Task<EngineResult<string>> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = HostCheck.Command([program, .. arguments]);
        if (Conf is not null) start.Environment["SLURM_CONF"] = Conf;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Longest);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return new EngineFault("unavailable", $"Slurm's program {program} is not on this host; mend: install Slurm's client programs here (Debian: slurm-client), as on a login node.");
        }
        using (process)
        {
            try
            {
                process.StandardInput.Close();
                var error = process.StandardError.ReadToEndAsync(limit.Token);
                var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
                var said = await error;
                await process.WaitForExitAsync(limit.Token);
                return process.ExitCode == 0 ? output : SlurmFaults.Of(program, said);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                cancellationToken.ThrowIfCancellationRequested();
                return new EngineFault("unavailable", $"{program} did not answer for {Longest.TotalMinutes:0} minutes; mend: is slurmctld at work (scontrol ping)?");
            }
        }
    }
}
