using System.Diagnostics;
using Holdfast.Notebooks.Tests.Corpus;

namespace Holdfast.Notebooks.Tests;

public class NbformatTests
{
    private const string Python = "/usr/bin/python3";

    [Fact]
    public async Task ModelFileAndUpdate_AgainstNbformat_AreTheSame()
    {
        var stop = TestContext.Current.CancellationToken;
        if (!File.Exists(Python) || await Ask(["-c", "import nbformat"], stop) is (not 0, _))
            Assert.Skip("python3-nbformat is not installed.");
        var folder = Directory.CreateTempSubdirectory("holdfast-nbformat-");
        try
        {
            var number = 0;
            foreach (var file in Samples.Generated(350).Concat(Samples.Files().Select(File.ReadAllBytes)))
            {
                if (!NotebookDocument.Parse(file).TryGet(out var document, out _))
                    continue;
                var path = Path.Combine(folder.FullName, $"{number:0000}");
                var model = Samples.Model(document);
                var put = Client.Changed(model, number++);
                Assert.True(NotebookDocument.FromJupyterModel(model).TryGet(out var written, out var fault), fault?.Message);
                await File.WriteAllBytesAsync(path + ".ipynb", file, stop);
                await File.WriteAllBytesAsync(path + ".model", model, stop);
                await File.WriteAllBytesAsync(path + ".written", written.ToBytes(), stop);
                await File.WriteAllBytesAsync(path + ".put", put, stop);
                await File.WriteAllBytesAsync(path + ".updated", Samples.Updated(document, put).ToBytes(), stop);
            }
            var (_, differences) = await Ask([Path.Combine(AppContext.BaseDirectory, "Peers", "compare.py"), folder.FullName], stop);
            Assert.Equal("done", differences.Trim());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(int Code, string Output)> Ask(string[] arguments, CancellationToken stop)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(stop);
        var output = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return (process.ExitCode, process.ExitCode == 0 ? output : output + await errors);
    }
}
