using System.Diagnostics;
using System.Globalization;

namespace Holdfast.Faults.Bench;

/// <summary>Where a run works: the published program, and a temporary folder with a state of its own.</summary>
internal sealed class Place : IDisposable
{
    public const string Notebook = "counted.ipynb";

    public Place()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Holdfast.slnx"))) root = root.Parent;
        Program = Path.Combine(root?.FullName ?? ".", "out/holdfast");
        foreach (var folder in new[] { Notebooks, Path.Combine(Folder, "run") }) Directory.CreateDirectory(folder);
        File.SetUnixFileMode(Path.Combine(Folder, "run"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>out/holdfast of this repository.</summary>
    public string Program { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("hf-faults-").FullName;

    public string Notebooks => Path.Combine(Folder, "notebooks");

    public string State => Path.Combine(Folder, "state");

    public string JournalOf(string kernel) => Path.Combine(State, "kernels", kernel, "journal");

    /// <summary>The program with arguments, in this place.</summary>
    public ProcessStartInfo Command(params string[] arguments)
    {
        var command = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        command.Environment["HOLDFAST_STATE"] = State;
        command.Environment["XDG_RUNTIME_DIR"] = Path.Combine(Folder, "run");
        command.Environment["PATH"] = "/usr/bin:/bin";
        foreach (var name in new[] { "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR" }) command.Environment[name] = Path.Combine(Folder, name);
        return command;
    }

    /// <summary>Runs the program to its end and gives what it wrote to stdout.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(Command(arguments))!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    /// <summary>The keepers of this state folder that run, found as the system lists them: one that has just begun does not answer yet.</summary>
    public IReadOnlyList<int> Keepers()
    {
        List<int> found = [];
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)) continue;
            try
            {
                if (File.ReadAllText(Path.Combine(folder, "cmdline")).EndsWith($"\0keeper\0run\0--state\0{State}\0", StringComparison.Ordinal)) found.Add(id);
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return found;
    }

    /// <summary>Whether the folder stays, for somebody to look into.</summary>
    public bool Stays { get; set; }

    public void Dispose()
    {
        if (Stays) Console.Error.WriteLine($"{Folder} stays, with the journal.");
        else Directory.Delete(Folder, recursive: true);
    }
}
