using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli.Tests.Running;

/// <summary>What a run of the program gave.</summary>
internal sealed record Ran(int ExitCode, string Out, string Errors)
{
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    /// <inheritdoc />
    public override string ToString() => $"{ExitCode}: {Out}{Errors}";
}

/// <summary>A folder with a Holdfast state of its own. At its end the keeper is stopped and all of it removed.</summary>
internal sealed class Place : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _variables;

    public Place()
    {
        Directory.CreateDirectory(State);
        Directory.CreateDirectory(Notebooks);
        Directory.CreateDirectory(PathOf("runtime"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _variables = new()
        {
            ["HOLDFAST_STATE"] = State,
            ["XDG_RUNTIME_DIR"] = PathOf("runtime"),
            ["XDG_CONFIG_HOME"] = PathOf("xdg"),
            ["JUPYTER_CONFIG_DIR"] = PathOf("config"),
            ["JUPYTER_DATA_DIR"] = PathOf("data"),
            ["JUPYTER_RUNTIME_DIR"] = PathOf("jupyter"),
            ["JUPYTER_TOKEN"] = null,
        };
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("hf-").FullName;

    public string State => PathOf("state");

    public string Notebooks => PathOf("notebooks");

    /// <summary>The home that the program finds in this place.</summary>
    public KeeperHome Home => KeeperHome.FromEnvironment(_variables.Where(variable => variable.Value is not null).ToDictionary(variable => variable.Key, variable => variable.Value!));

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Sets a variable for the programs that are started from now on; null removes it.</summary>
    public void Set(string variable, string? value) => _variables[variable] = value;

    /// <summary>Writes a file below the folder; gives its path.</summary>
    public string Write(string name, string text)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs the program to its end, with nothing on standard input.</summary>
    public Task<Ran> RunAsync(params string[] arguments) => RunAsync(Published.Path, arguments, [], TestContext.Current.CancellationToken);

    /// <summary>Runs the program to its end with bytes on standard input.</summary>
    public Task<Ran> RunWithInputAsync(byte[] input, params string[] arguments) => RunAsync(Published.Path, arguments, input, TestContext.Current.CancellationToken);

    /// <summary>Runs a script of bash in which <c>$0</c> is the program.</summary>
    public Task<Ran> BashAsync(string script, params string[] arguments) => RunAsync("/bin/bash", ["-c", script, Published.Path, .. arguments], [], TestContext.Current.CancellationToken);

    /// <summary>Starts a program in this place.</summary>
    public Process Start(string program, params string[] arguments)
    {
        var command = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = Folder,
        };
        foreach (var (name, value) in _variables) command.Environment[name] = value;
        return Process.Start(command)!;
    }

    public async ValueTask DisposeAsync()
    {
        // A cancelled test must not leave its keeper behind.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        if (File.Exists(Home.SocketPath)) await RunAsync(Published.Path, ["keeper", "stop", "--yes"], [], limit.Token);
        // A kernel that ends writes its last words.
        while (true)
        {
            try
            {
                Directory.Delete(Folder, recursive: true);
                return;
            }
            catch (IOException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }

    private async Task<Ran> RunAsync(string program, string[] arguments, byte[] input, CancellationToken cancellationToken)
    {
        using var process = Start(program, arguments);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken);
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellationToken);
            return new Ran(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
