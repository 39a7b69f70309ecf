using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Holdfast.Faults.Bench;

/// <summary>The real lab as a process of its own.</summary>
internal sealed partial class LabProcess : IDisposable
{
    public const string Token = "faults";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LabProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Where it answers, with a slash at its end; known when <see cref="AnswersAsync"/> has completed.</summary>
    public Uri Address => new(_address.Task.Result, "/");

    /// <summary>Starts the lab and does not wait for it.</summary>
    public static LabProcess Start(Place place) =>
        new(Process.Start(place.Command("lab", "--no-browser", "--port", "0", "--token", Token, place.Notebooks))!);

    /// <summary>Waits until it has said where it answers.</summary>
    public Task AnswersAsync() => _address.Task.WaitAsync(StartLimit);

    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync();
    }

    public void Dispose() => _process.Dispose();

    private void Hear(string? line)
    {
        if (line is not null && Link().Match(line) is { Success: true } link) _address.TrySetResult(new Uri(link.Value));
    }

    [GeneratedRegex(@"http://\S+[?&]token=\S+")]
    private static partial Regex Link();
}
