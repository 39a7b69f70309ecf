using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Holdfast.Functional.Tests.Labs;

/// <summary>How a run of the program ended.</summary>
internal sealed record Ended(int Code, string Output, string Errors);

/// <summary>A folder of notebooks and a Holdfast state of its own. At its end the keeper is stopped and all of it removed.</summary>
internal sealed class Workplace : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-").FullName;

    public Workplace() => Directory.CreateDirectory(Notebooks);

    /// <summary>All that belongs to it: the notebooks, the state, the settings.</summary>
    public string Folder => _folder;

    public string Notebooks => Path.Combine(_folder, "notebooks");

    public string PathOf(string name) => Path.Combine(Notebooks, name);

    /// <summary>Copies a notebook of the repository's examples/.</summary>
    public void CopyExample(string name) => File.Copy(Path.Combine(Program.Repository, "examples", name), PathOf(name));

    /// <summary>Writes a notebook as nbformat writes it, with one code cell for each source and the cells' numbers as ids.</summary>
    public void WriteNotebook(string name, params string[] sources) => File.WriteAllText(PathOf(name), NotebookText.Of(sources));

    /// <summary>Writes a kernelspec that the lab finds; gives its file.</summary>
    public string WriteKernel(string name, string json)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "data", "kernels", name)).FullName, "kernel.json");
        File.WriteAllText(file, json);
        return file;
    }

    /// <summary>Sets the password that logs in.</summary>
    public async Task SetPasswordAsync(string password)
    {
        using var process = Process.Start(Command("lab", "password"))!;
        await process.StandardInput.WriteLineAsync(password);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    public Task<RunningLab> StartLabAsync(int port = 0, params string[] more) =>
        RunningLab.StartAsync(Command(["lab", "--no-browser", "--port", $"{port}", "--token", "t", Notebooks, .. more]), TestContext.Current.CancellationToken);

    /// <summary>The certificate that this state folder's labs have made.</summary>
    public string Certificate => Path.Combine(_folder, "state", "tls-certificate.pem");

    /// <summary>Starts the lab from a shell in a terminal of its own; what is killed then is the terminal.</summary>
    public Task<RunningLab> StartLabInATerminalAsync()
    {
        var command = Command();
        command.FileName = "script";
        foreach (var argument in new[] { "--quiet", "--command", $"'{Program.Path}' lab --no-browser --port 0 --token t '{Notebooks}'; true", "/dev/null" }) command.ArgumentList.Add(argument);
        return RunningLab.StartAsync(command, TestContext.Current.CancellationToken);
    }

    /// <summary>The process of the lab that runs.</summary>
    public int LabProcess => int.Parse(Path.GetFileNameWithoutExtension(Directory.EnumerateFiles(Path.Combine(_folder, "state", "labs")).Single()), CultureInfo.InvariantCulture);

    /// <summary>Variables that the program runs with beside those of the tests.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>Runs the program to its end, which must be a good one; gives what it wrote to stdout.</summary>
    public Task<string> RunAsync(params string[] arguments) => RunWellAsync(arguments, TestContext.Current.CancellationToken);

    /// <summary>Runs the program to its end, whatever that is.</summary>
    public Task<Ended> TryAsync(params string[] arguments) => TryAsync(Command(arguments));

    /// <summary>Runs the command to its end, whatever that is.</summary>
    public static Task<Ended> TryAsync(ProcessStartInfo command) => RunToEndAsync(command, TestContext.Current.CancellationToken);

    /// <summary>Lets other users write here, for a program that is to run as one.</summary>
    public void OpenToOthers()
    {
        foreach (var folder in new[] { _folder, Notebooks }) File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
    }

    /// <summary>Starts the lab where no kernel is installed: in a mount namespace with an empty folder over the system's kernelspecs, and no Python on PATH.</summary>
    public Task<RunningLab> StartLabWithoutKernelsAsync()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Hiding the system's kernelspecs needs root.");
        var empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        var command = Command("lab", "--no-browser", "--port", "0", "--token", "t", Notebooks);
        command.Environment["PATH"] = command.Environment["HOME"] = empty;
        command.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../.."));
        var script = $"for each in /usr/share/jupyter /usr/local/share/jupyter; do [ ! -d $each ] || /bin/mount --bind '{empty}' $each || exit 1; done; exec \"$@\"";
        return RunningLab.StartAsync(Program.Behind(command, "/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, "sh"), TestContext.Current.CancellationToken);
    }

    /// <summary>Runs the program and gives its stdout while it comes.</summary>
    public async Task ReadAsync(string[] arguments, Func<Stream, Task> read)
    {
        using var process = Process.Start(Command(arguments))!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        await read(process.StandardOutput.BaseStream);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>The keeper's process.</summary>
    public async Task<int> KeeperProcessAsync() => (int)JsonNode.Parse(await RunAsync("keeper", "ls", "-o", "json"))!["pid"]!;

    public async ValueTask DisposeAsync()
    {
        // A cancelled test must not leave its keeper behind.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await RunWellAsync(["keeper", "stop", "--yes"], limit.Token);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> RunWellAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var ended = await RunToEndAsync(Command(arguments), cancellationToken);
        Assert.True(ended.Code == 0, $"holdfast {string.Join(' ', arguments)} ended with {ended.Code}: {ended.Errors}");
        return ended.Output;
    }

    private static async Task<Ended> RunToEndAsync(ProcessStartInfo command, CancellationToken cancellationToken)
    {
        using var process = Process.Start(command)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return new Ended(process.ExitCode, await output, errors);
    }

    /// <summary>The program with these arguments and this workplace's variables.</summary>
    public ProcessStartInfo Command(params string[] arguments)
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
        foreach (var (name, value) in Variables) command.Environment[name] = value;
        return command;
    }
}
