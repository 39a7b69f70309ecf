using System.Text;
using Holdfast.Notebooks.Tests.Corpus;
using Holdfast.Notebooks.Trust;

namespace Holdfast.Notebooks.Tests.Trust;

public sealed class TrustSignatureTests
{
    private static readonly byte[] Secret = "a secret\n with \0 bytes"u8.ToArray();

    /// <summary>What is odd in notebooks, one oddity a file.</summary>
    private static IEnumerable<string> Odd()
    {
        string[] values =
        [
            "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e16", "1e15", "123456789012345678", "1.0", "-0", "-0.0", "5e-324", "0.00001", "1E-7", "1e22", "1e23",
            "9007199254740993.0", "2.5e-3", "true", "false", "null", "\"\"", "[]", "{}", new string('7', 400), $"{new string('7', 400)}.0", $"1{new string('0', 30)}",
            """[1, [2.50, ["\u00e9\ud83d\ude00\/\b\f\n\r\t\u0000\u2028"]], null]""", """{"\uffee": 1, "\ud83d\ude00": 2, "é": 3, "e\u0301": 4, "": 5}""",
            """{"b": 1, "a": 2, "b": 3}""", """{"trusted": true, "signature": 1, "orig_nbformat": 3}""",
        ];
        foreach (var value in values)
        {
            yield return $$"""{"nbformat": 4, "nbformat_minor": 5, "metadata": {"x": {{value}}, "orig_nbformat": 2, "orig_nbformat_minor": 1, "signature": "s"}, "cells": []}""";
            yield return $$"""{"nbformat": 3, "nbformat_minor": 0, "orig_nbformat": 2, "metadata": {"name": {{value}}, "signature": "s"}, "worksheets": []}""";
            yield return $$"""
                {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "x": {{value}}, "trusted": 1, "signature": 2, "cells": [
                  {"cell_type": "code", "metadata": {"trusted": true, "x": {{value}}}, "trusted": 1, "execution_count": null, "source": ["a\n", "", "b"],
                   "outputs": [{"output_type": "display_data", "metadata": {"trusted": 1}, "data": {"application/json": {{value}}, "text/plain": ["c\n", "d"] } }]},
                  {"cell_type": "markdown", "metadata": {"trusted": false}, "source": [], "attachments": {"a.png": {"image/png": ["x", "y"] } } }]}
                """;
        }
        foreach (var lines in (string[])["""["a\n", "b"]""", """["a", "b", ""]""", """["a\r", "b"]""", """["", "b\n"]""", "[]", "\"a\\nb\""])
        {
            yield return $$"""
                {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"metadata": {"trusted": 1}, "cells": [
                  {"cell_type": "code", "trusted": true, "metadata": {"trusted": true}, "input": {{lines}}, "rendered": {{lines}}, "language": "python", "collapsed": false,
                   "outputs": [{"output_type": "pyout", "prompt_number": 1, "text": {{lines}}, "html": {{lines}}, "json": {{lines}}, "png": {{lines}}, "x": {{lines}}},
                               {"output_type": "pyerr", "ename": "e", "evalue": "v", "traceback": {{lines}}}]},
                  {"cell_type": "heading", "level": 2, "metadata": {}, "source": {{lines}}, "rendered": {{lines}}, "input": {{lines}}}]}, {"cells": []}]}
                """;
        }
        yield return """{"nbformat": 4, "nbformat_minor": 9, "metadata": {}, "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "source": "", "outputs": [], "execution_count": 1}]}""";
    }

    [Fact]
    public async Task Signature_OfAnyNotebook_IsNbformats()
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-trust-");
        try
        {
            var secret = Path.Combine(folder.FullName, "secret");
            await File.WriteAllBytesAsync(secret, Secret, TestContext.Current.CancellationToken);
            var ours = new Dictionary<string, string>();
            foreach (var file in Samples.Generated(350).Concat(Samples.Files().Select(File.ReadAllBytes)).Concat(Odd().Select(Encoding.UTF8.GetBytes)))
            {
                if (!NotebookDocument.Parse(file).TryGet(out var document, out _))
                    continue;
                var name = $"{ours.Count:0000}.ipynb";
                await File.WriteAllBytesAsync(Path.Combine(folder.FullName, name), file, TestContext.Current.CancellationToken);
                ours[name] = NotebookSignature.Of(document, Secret) ?? "None";
            }
            var theirs = (await Nbformat.AskAsync("trust.py", "signatures", secret, folder.FullName)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2)).ToList();
            var compared = theirs.Where(line => line[1] is not "random" && !line[1].StartsWith("unreadable", StringComparison.Ordinal)).ToList();
            var different = compared.Where(line => ours[line[0]] != line[1]).Select(line => File.ReadAllText(Path.Combine(folder.FullName, line[0])));
            Assert.True(!different.Any(), string.Join('\n', different));
            Assert.True(compared.Count > 350, string.Join('\n', theirs.Except(compared).Select(line => string.Join(' ', line))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Signature_AnotherSecretOrAnotherValue_IsAnother()
    {
        var document = Samples.Read("""{"nbformat": 4, "nbformat_minor": 5, "metadata": {"a": 1}, "cells": []}""");
        var other = Samples.Read("""{"nbformat": 4, "nbformat_minor": 5, "metadata": {"a": 2}, "cells": []}""");
        Assert.NotEqual(NotebookSignature.Of(document, Secret), NotebookSignature.Of(document, "another"u8));
        Assert.NotEqual(NotebookSignature.Of(document, Secret), NotebookSignature.Of(other, Secret));
    }

    [Theory]
    [InlineData("""[]""", "{}", 4)]
    [InlineData("""[{"output_type": "stream", "name": "stdout", "text": "<script>"}]""", "{}", 4)]
    [InlineData("""[{"output_type": "error", "ename": "e", "evalue": "v", "traceback": []}]""", "{}", 4)]
    [InlineData("""[{"output_type": "display_data", "metadata": {}, "data": {}}]""", "{}", 4)]
    [InlineData("""[{"output_type": "display_data", "metadata": {}, "data": {}}]""", """{"trusted": true}""", 4)]
    [InlineData("""[{"output_type": "display_data", "metadata": {}, "data": {}}]""", """{"trusted": false}""", 4)]
    [InlineData("""[{"output_type": "display_data", "metadata": {}, "data": {}}]""", """{"trusted": 0.0}""", 4)]
    [InlineData("""[{"output_type": "display_data", "metadata": {}, "data": {}}]""", """{"trusted": "no"}""", 4)]
    [InlineData("""[{"output_type": "display_data", "metadata": {}, "data": {}}]""", """{"trusted": []}""", 4)]
    [InlineData("""[{"output_type": "display_data", "metadata": {}}]""", "{}", 4)]
    [InlineData("""[{"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "1"}}]""", "{}", 4)]
    [InlineData("""[{"output_type": "pyout", "prompt_number": 1, "html": ""}]""", "{}", 3)]
    [InlineData("""[{"output_type": "pyout", "prompt_number": 1, "metadata": {}}]""", "{}", 3)]
    [InlineData("""[]""", "{}", 2)]
    public async Task Cells_ByTheirOutputsAndMarks_AreTrustedAsNbformatHasIt(string outputs, string metadata, int major)
    {
        var cells = $$"""[{"cell_type": "markdown", "metadata": {}, "source": ""}, {"cell_type": "code", "metadata": {{metadata}}, "outputs": {{outputs}}}]""";
        var text = major == 4
            ? $$"""{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": {{cells}}}"""
            : $$"""{"nbformat": {{major}}, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": {{cells}}}]}""";
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        var theirs = await Nbformat.AskAsync("trust.py", "cells", path);
        File.Delete(path);
        Assert.Equal(theirs.Trim(), CellTrust.OfAll(Samples.Read(text)).ToString());
        Assert.Equal(major > 2, CellTrust.OfAll(Samples.Read(text), cell => cell == 1));
    }

    [Theory]
    [InlineData(4, 5)]
    [InlineData(4, 2)]
    [InlineData(3, 0)]
    [InlineData(2, 0)]
    public void Model_WithTrust_MarksEveryCodeCellAndNothingElse(int major, int minor)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var document = Samples.Read(new NotebookGenerator(seed).File(major, minor));
            var plain = System.Text.Json.Nodes.JsonNode.Parse(Samples.Model(document))!;
            foreach (var trusted in (bool[])[true, false])
            {
                var writer = new System.Buffers.ArrayBufferWriter<byte>();
                document.WriteJupyterModel(writer, trusted);
                var marked = System.Text.Json.Nodes.JsonNode.Parse(writer.WrittenSpan)!;
                foreach (var cell in plain["cells"]!.AsArray().Where(cell => (string?)cell!["cell_type"] == "code"))
                    cell!["metadata"]!["trusted"] = trusted;
                Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(plain, marked), marked.ToJsonString());
            }
        }
    }
}
