using System.Diagnostics;

namespace Holdfast.Functional.Tests.Labs;

/// <summary>A folder of notebooks and a Holdfast state of its own. At its end the keeper is stopped and all of it removed.</summary>
internal sealed class Workplace : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-").FullName;

    public Workplace() => Directory.CreateDirectory(Notebooks);

    public string Notebooks => Path.Combine(_folder, "notebooks");

    public string PathOf(string name) => Path.Combine(Notebooks, name);

    /// <summary>Copies a notebook of the repository's examples/.</summary>
    public void CopyExample(string name) => File.Copy(Path.Combine(Program.Repository, "examples", name), PathOf(name));

    /// <summary>Writes a notebook as nbformat writes it, with one code cell for each source and the cells' numbers as ids.</summary>
    public void WriteNotebook(string name, params string[] sources) => File.WriteAllText(PathOf(name), NotebookText.Of(sources));

    public Task<RunningLab> StartLabAsync(int port = 0) =>
        RunningLab.StartAsync(Command("lab", "--no-browser", "--port", $"{port}", "--token", "t", Notebooks), TestContext.Current.CancellationToken);

    /// <summary>Runs the program to its end; gives what it wrote to stdout.</summary>
    public Task<string> RunAsync(params string[] arguments) => RunToEndAsync(arguments, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        // A cancelled test must not leave its keeper behind.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await RunToEndAsync(["keeper", "stop", "--yes"], limit.Token);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> RunToEndAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(Command(arguments))!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, $"holdfast {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors}");
        return await output;
    }

    private ProcessStartInfo Command(params string[] arguments)
    {
        var command = new ProcessStartInfo(Program.Path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        command.Environment["HOLDFAST_STATE"] = Path.Combine(_folder, "state");
        command.Environment["JUPYTER_CONFIG_DIR"] = Path.Combine(_folder, "config");
        command.Environment["JUPYTER_DATA_DIR"] = Path.Combine(_folder, "data");
        command.Environment["JUPYTER_RUNTIME_DIR"] = Path.Combine(_folder, "runtime");
        return command;
    }
}
