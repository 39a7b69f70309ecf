using Holdfast.Notebooks.Tests.Corpus;

namespace Holdfast.Notebooks.Tests;

public class NbformatTests
{
    [Fact]
    public async Task ModelFileAndUpdate_AgainstNbformat_AreTheSame()
    {
        var stop = TestContext.Current.CancellationToken;
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
            Assert.Equal("done", (await Nbformat.AskAsync("compare.py", folder.FullName)).Trim());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
