using System.Buffers;

namespace Holdfast.Notebooks.Tests.Corpus;

/// <summary>The notebooks that every property is tried on.</summary>
internal static class Samples
{
    public static readonly (int Major, int Minor)[] Versions = [(4, 5), (4, 5), (4, 4), (4, 2), (4, 0), (3, 0), (2, 0)];

    public static IEnumerable<byte[]> Generated(int count, int? major = null)
    {
        var versions = Versions.Where(version => major is null || version.Major == major).ToArray();
        for (var seed = 0; seed < count; seed++)
        {
            var (kind, minor) = versions[seed % versions.Length];
            yield return new NotebookGenerator(seed).File(kind, minor);
        }
    }

    /// <summary>The files in testdata, and whatever notebooks this machine has.</summary>
    public static IEnumerable<string> Files()
    {
        foreach (var file in Directory.GetFiles(TestData, "*.ipynb").Order(StringComparer.Ordinal))
            yield return file;
        foreach (var folder in new[] { "/usr/lib/python3/dist-packages", "/usr/share" }.Where(Directory.Exists))
        {
            var deep = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
            foreach (var file in Directory.EnumerateFiles(folder, "*.ipynb", deep).Order(StringComparer.Ordinal).Take(200))
                yield return file;
        }
    }

    public static string TestData
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!Directory.Exists(Path.Combine(folder.FullName, "tests", "testdata", "notebooks")))
                folder = folder.Parent!;
            return Path.Combine(folder.FullName, "tests", "testdata", "notebooks");
        }
    }

    public static NotebookDocument Read(ReadOnlyMemory<byte> bytes)
    {
        Assert.True(NotebookDocument.Parse(bytes).TryGet(out var document, out var fault), fault?.Message);
        return document;
    }

    public static NotebookDocument Read(string text) => Read(System.Text.Encoding.UTF8.GetBytes(text));

    public static byte[] Model(NotebookDocument document)
    {
        var writer = new ArrayBufferWriter<byte>();
        document.WriteJupyterModel(writer);
        return writer.WrittenSpan.ToArray();
    }

    public static NotebookDocument Updated(NotebookDocument document, ReadOnlyMemory<byte> content)
    {
        Assert.True(document.Update(content).TryGet(out var updated, out var fault), fault?.Message);
        return updated;
    }
}
