using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.Contents;

public sealed class TrustTests
{
    private const string Rich = """
        {"cells": [
          {"cell_type": "code", "id": "a", "source": "x", "execution_count": 1, "metadata": {}, "outputs": [{"output_type": "display_data", "metadata": {}, "data": {"text/html": "<b>"}}]},
          {"cell_type": "code", "id": "b", "source": "", "execution_count": null, "metadata": {"tags": []}, "outputs": []},
          {"cell_type": "markdown", "id": "c", "source": "", "metadata": {}}],
         "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string DataOf(TestLab lab) => Path.Join(lab.Options.Environment["HOME"], ".local/share/jupyter");

    /// <summary>metadata.trusted of each cell, <c>-</c> where there is none.</summary>
    private static async Task<string> MarksAsync(TestLab lab) => string.Join(' ',
        (await lab.GetAsync("api/contents/n.ipynb")).Body!["content"]!["cells"]!.AsArray().Select(cell => cell!["metadata"]!["trusted"]?.ToJsonString() ?? "-"));

    private static async Task SaveAsync(TestLab lab, Action<JsonNode> change)
    {
        var content = (await lab.GetAsync("api/contents/n.ipynb")).Body!["content"]!.DeepClone();
        change(content);
        var done = await lab.PutAsync("api/contents/n.ipynb", new JsonObject { ["type"] = "notebook", ["content"] = content }.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, done.Status);
    }

    /// <summary>What Debian's nbformat says, with the lab's folders.</summary>
    private static async Task<string> PythonAsync(TestLab lab, string code)
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/nbformat"))
            Assert.Skip("Debian's python3-nbformat is not installed");
        Directory.CreateDirectory(DataOf(lab));
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", "import nbformat, sys\nfrom nbformat.sign import NotebookNotary\nnotary = NotebookNotary(data_dir=sys.argv[1])\nnb = nbformat.read(sys.argv[2], as_version=4)\n" + code, DataOf(lab), lab.PathOf("n.ipynb")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Cancel);
        var output = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return process.ExitCode == 0 ? output.Trim() : await errors;
    }

    [Fact]
    public async Task Post_OfTrust_IsTrustedHereAndByNbformat()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), Rich, Cancel);
        Assert.Equal("false false -", await MarksAsync(lab));
        Assert.Equal("False", await PythonAsync(lab, "print(notary.check_signature(nb))"));
        Assert.Equal(HttpStatusCode.Created, (await lab.SendAsync(HttpMethod.Post, "api/contents/n.ipynb/trust")).Status);
        Assert.Equal("true true -", await MarksAsync(lab));
        Assert.Equal("True", await PythonAsync(lab, "print(notary.check_signature(nb))"));
        Assert.Equal(Rich, await File.ReadAllTextAsync(lab.PathOf("n.ipynb"), Cancel));
    }

    [Fact]
    public async Task SignedByNbformat_IsTrusted()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), Rich, Cancel);
        Assert.Equal("false false -", await MarksAsync(lab));
        Assert.Equal("", await PythonAsync(lab, "notary.sign(nb)"));
        Assert.Equal("true true -", await MarksAsync(lab));
    }

    [Fact]
    public async Task Put_WithEveryCellTrusted_IsTrusted_AndNoMarkIsInTheFile()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), Rich, Cancel);
        await SaveAsync(lab, content => content["cells"]![0]!["metadata"]!["trusted"] = true);
        Assert.Equal("true true -", await MarksAsync(lab));
        Assert.Equal(Rich, await File.ReadAllTextAsync(lab.PathOf("n.ipynb"), Cancel));

        await SaveAsync(lab, content => content["cells"]![0]!["source"] = "y");
        Assert.Equal("True", await PythonAsync(lab, "print(notary.check_signature(nb))"));
        Assert.DoesNotContain("trusted", await File.ReadAllTextAsync(lab.PathOf("n.ipynb"), Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_WithACellThatIsNotTrusted_IsNotTrusted_UntilItsOutputsAreGone()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), Rich, Cancel);
        await SaveAsync(lab, content => content["cells"]![0]!["source"] = "y");
        Assert.Equal("false false -", await MarksAsync(lab));
        await SaveAsync(lab, content => content["cells"]![0]!["outputs"] = new JsonArray());
        Assert.Equal("true true -", await MarksAsync(lab));
    }

    [Fact]
    public async Task New_IsTrusted_AndAChangeFromOutsideIsNot()
    {
        await using var lab = await TestLab.StartAsync();
        await lab.PutAsync("api/contents/n.ipynb", $$"""{"type": "notebook", "content": {{Rich.Replace("\"metadata\": {}, \"outputs\"", "\"metadata\": {\"trusted\": true}, \"outputs\"", StringComparison.Ordinal)}}}""");
        Assert.Equal("true true -", await MarksAsync(lab));
        // Same length, and as old as it was: only the time of the change of the inode tells.
        var before = File.GetLastWriteTimeUtc(lab.PathOf("n.ipynb"));
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), (await File.ReadAllTextAsync(lab.PathOf("n.ipynb"), Cancel)).Replace("<b>", "<i>", StringComparison.Ordinal), Cancel);
        File.SetLastWriteTimeUtc(lab.PathOf("n.ipynb"), before);
        Assert.Equal("false false -", await MarksAsync(lab));
    }

    [Fact]
    public async Task Version3_SignedByNbformat_StaysTrustedWhenItIsSavedAsVersion4()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), """
            {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"metadata": {}, "cells": [
              {"cell_type": "code", "collapsed": false, "input": ["1\n", "2"], "language": "python", "metadata": {}, "prompt_number": 1,
               "outputs": [{"output_type": "pyout", "prompt_number": 1, "metadata": {}, "html": ["<b>"]}]}]}]}
            """, Cancel);
        Assert.Equal("false", await MarksAsync(lab));
        Assert.Equal("", await PythonAsync(lab, "notary.sign(nbformat.read(sys.argv[2], as_version=nbformat.NO_CONVERT))"));
        Assert.Equal("true", await MarksAsync(lab));
        await SaveAsync(lab, content => content["cells"]![0]!["source"] = "3");
        Assert.Contains("\"nbformat\": 4", await File.ReadAllTextAsync(lab.PathOf("n.ipynb"), Cancel), StringComparison.Ordinal);
        Assert.Equal("true", await MarksAsync(lab));
        Assert.Equal("True", await PythonAsync(lab, "print(notary.check_signature(nb))"));
    }

    [Fact]
    public async Task Trust_WithoutAUsableDatabase_CostsNoReadAndNoSave_AndIsSaidOnce()
    {
        var log = new MemoryLog();
        await using var lab = await TestLab.StartAsync(log: log);
        Directory.CreateDirectory(Path.Join(DataOf(lab), "nbsignatures.db"));
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), Rich, Cancel);
        Assert.Equal("false false -", await MarksAsync(lab));
        await SaveAsync(lab, content => content["cells"]![0]!["metadata"]!["trusted"] = true);
        Assert.Equal("true true -", await MarksAsync(lab));
        Assert.Equal(HttpStatusCode.Created, (await lab.SendAsync(HttpMethod.Post, "api/contents/n.ipynb/trust")).Status);
        Assert.Single(log.Lines, line => line.Contains("nbsignatures.db cannot be used", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trust_OfWhatIsNoNotebook_SaysSo()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), Rich[..100], Cancel);
        var asked = await lab.SendAsync(HttpMethod.Post, "api/contents/n.ipynb/trust");
        Assert.Equal(HttpStatusCode.BadRequest, asked.Status);
        Assert.StartsWith("Unreadable Notebook: n.ipynb", (string?)asked.Body!["message"], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.SendAsync(HttpMethod.Post, "api/contents/none.ipynb/trust")).Status);
    }
}
