using System.Diagnostics;

namespace Holdfast.Data.Tests;

/// <summary>A folder of a test's own, and the system's Python beside it.</summary>
internal sealed class Place : IDisposable
{
    private const string Python = "/usr/bin/python3";

    public static string Repository { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../.."));

    public string Folder { get; } = Directory.CreateTempSubdirectory("hf-data-").FullName;

    public string PathOf(string name) => Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    /// <summary>Runs a script of tests/testdata/python; gives what it has printed.</summary>
    public static async Task<string> PythonAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { WorkingDirectory = Path.Combine(Repository, "tests/testdata/python"), RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONPATH"] = Path.Combine(Repository, "python");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await process.WaitForExitAsync(Cancellation);
        Assert.True(process.ExitCode == 0, await errors + await output);
        return await output + await errors;
    }

    /// <summary>A folder with pictures of many kinds. Skips the test where there is no Pillow.</summary>
    public async Task<string> PicturesAsync()
    {
        await NeedAsync("PIL", "python3-pil");
        await NeedAsync("numpy", "python3-numpy");
        await PythonAsync("pictures.py", "make", PathOf("pictures"));
        return PathOf("pictures");
    }

    public static async Task NeedAsync(string module, string package)
    {
        using var asked = Process.Start(new ProcessStartInfo(Python, ["-c", $"import {module}"]) { RedirectStandardError = true })!;
        await asked.WaitForExitAsync(Cancellation);
        if (asked.ExitCode != 0) Assert.Skip($"{package} is not installed.");
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
