using System.Text.Json;
using Holdfast.Notebooks.Tests.Corpus;

namespace Holdfast.Notebooks.Tests.Python;

/// <summary>Debian's Python and IPython, asked once for many sources.</summary>
internal static class PythonPeer
{
    /// <summary>What <c>python.py WORK</c> says of each source. Skips the test where the package is not installed.</summary>
    public static async Task<JsonElement[]> AskAsync(string work, IReadOnlyList<string> sources, string package = "IPython")
    {
        if (!Directory.Exists($"/usr/lib/python3/dist-packages/{package}")) Assert.Skip($"{package} for /usr/bin/python3 is not installed.");
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(sources), TestContext.Current.CancellationToken);
            var answers = JsonDocument.Parse(await Nbformat.AskAsync("python.py", work, file)).RootElement;
            return [.. answers.EnumerateArray()];
        }
        finally
        {
            File.Delete(file);
        }
    }
}
