using System.Diagnostics;
using System.Text.Json;

namespace Holdfast.Hub.Tests.Output;

/// <summary>The Python package <c>holdfast</c>, run by the system's Python.</summary>
public sealed class PythonHelperTests : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private const int Steps = 300, Kills = 6;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly string Repository = Find();
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-helper-").FullName;
    private readonly List<Process> _started = [];

    public void Dispose()
    {
        foreach (var process in _started)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Package_ItsOwnTests_Pass()
    {
        var tests = Start("unused", "-m", "unittest", "test_holdfast");
        Assert.Contains("OK", await EndAsync(tests), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Training_KilledAtRandomMomentsAndResumed_EndsWhereItEndsUndisturbedAndItsCheckpointsAreReadMeanwhile(int seed)
    {
        await NeedNumpyAsync();
        await EndAsync(Start("undisturbed", "training.py"));
        var evaluation = Start("unused", "evaluation.py", Path.Combine(_folder, "killed"), $"{Steps}");
        var random = new Random(seed);
        var metrics = Path.Combine(_folder, "killed", "metrics.jsonl");

        for (var kill = 1; kill <= Kills; kill++)
        {
            // Somewhat further than the time before: so the last one is killed before its end, and all of them in the midst of something.
            var until = random.Next(Steps * kill / (Kills + 2), Steps * (kill + 1) / (Kills + 2));
            var training = Start("killed", "training.py");
            while (!training.HasExited && LastStep(metrics) < until) Thread.SpinWait(random.Next(200_000));
            Assert.False(training.HasExited, $"It had ended before the {kill}. kill.");
            training.Kill();
            await training.WaitForExitAsync(TestHub.Cancellation);
        }
        await EndAsync(Start("killed", "training.py"));

        Assert.Equal(await ResultAsync("undisturbed"), await ResultAsync("killed"));
        var seen = (await EndAsync(evaluation)).Trim().Split(' ').Select(int.Parse).ToList();
        Assert.Equal(Steps, seen[^1]);
        Assert.True(seen.Count > Kills, $"{seen.Count}");
        Assert.Equal(["290", "295", "300"], Directory.GetFileSystemEntries(Path.Combine(_folder, "killed", "checkpoints")).Select(Path.GetFileName).Order());
    }

    private Task<string> ResultAsync(string output) => File.ReadAllTextAsync(Path.Combine(_folder, output, "model", "result"), TestHub.Cancellation);

    private static int LastStep(string metrics)
    {
        if (!File.Exists(metrics)) return 0;
        using var file = new FileStream(metrics, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = Math.Max(0, file.Length - 200);
        using var text = new StreamReader(file);
        // What follows the last end of a line is being written.
        return text.ReadToEnd().Split('\n') is [.., { Length: > 0 } line, _] ? JsonDocument.Parse(line).RootElement.GetProperty("step").GetInt32() : 0;
    }

    private async Task NeedNumpyAsync()
    {
        var asked = Start("unused", "-c", "import numpy");
        await asked.WaitForExitAsync(TestHub.Cancellation);
        if (asked.ExitCode != 0) Assert.Skip("python3-numpy is not installed.");
    }

    private Process Start(string output, params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { WorkingDirectory = Path.Combine(Repository, "tests", "testdata", "python"), RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONPATH"] = Path.Combine(Repository, "python");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["HOLDFAST_OUTPUT"] = Path.Combine(_folder, output);
        var process = Process.Start(start)!;
        _started.Add(process);
        return process;
    }

    private static async Task<string> EndAsync(Process process)
    {
        var (said, error) = (process.StandardOutput.ReadToEndAsync(TestHub.Cancellation), process.StandardError.ReadToEndAsync(TestHub.Cancellation));
        await process.WaitForExitAsync(TestHub.Cancellation).WaitAsync(Limit, TestHub.Cancellation);
        Assert.True(process.ExitCode == 0, await error);
        return await said + await error;
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Holdfast.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
