using System.Diagnostics;
using Holdfast.Functional.Tests.Labs;

namespace Holdfast.Functional.Tests.Clients;

/// <summary>A Node process that does one step of <c>services.cjs</c> on a lab with the token "t".</summary>
internal sealed class ServicesClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly CancellationTokenSource _limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly Process _process;
    private readonly Task<string> _errors;

    private ServicesClient(Process process)
    {
        _process = process;
        _limit.CancelAfter(Patience);
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    public static ServicesClient Start(string step, Uri lab)
    {
        var modules = Path.Combine(Program.Repository, "web/lab/node_modules");
        if (!Directory.Exists(Path.Combine(modules, "@jupyterlab/services"))) Assert.Skip($"{modules} is not there: ./run --build-only makes it.");
        return new ServicesClient(Process.Start(new ProcessStartInfo("node", [Path.Combine(Program.Repository, "tests/Functional/Clients/services.cjs"), modules, step, lab.ToString(), "t"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
    }

    /// <summary>Waits for a line of its stdout.</summary>
    public async Task HearAsync(string word)
    {
        while (await _process.StandardOutput.ReadLineAsync(_limit.Token) is { } line)
            if (line == word) return;
        Assert.Fail($"It ended without '{word}': {await _errors}");
    }

    /// <summary>Waits for its end, which must be a good one.</summary>
    public async Task EndWellAsync()
    {
        var rest = _process.StandardOutput.ReadToEndAsync(_limit.Token);
        await _process.WaitForExitAsync(_limit.Token);
        Assert.True(_process.ExitCode == 0, $"{await rest}\n{await _errors}");
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        _limit.Dispose();
    }
}
