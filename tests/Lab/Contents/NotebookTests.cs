using System.Net;
using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.Contents;

public sealed class NotebookTests
{
    private const string Notebook = """
        {
            "nbformat": 4, "nbformat_minor": 5,
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
            "cells": [
                {"cell_type": "code", "id": "a1", "source": ["x = 1\n", "x"], "execution_count": 1, "metadata": {},
                 "outputs": [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}]},
                {"cell_type": "markdown", "id": "b2", "source": "# ü <b>", "metadata": {"own": 1e0}}
            ]
        }

        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_GivesTheModelWithTextsJoined()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), Notebook, Cancel);
        var got = await lab.GetAsync("api/contents/n.ipynb?type=notebook&hash=1");
        Assert.Equal(("notebook", "json"), ((string?)got.Body!["type"], (string?)got.Body["format"]));
        Assert.Equal("x = 1\nx", (string?)got.Body["content"]!["cells"]![0]!["source"]);
        Assert.Equal("1\n", (string?)got.Body["content"]!["cells"]![0]!["outputs"]![0]!["text"]);
        Assert.Equal(64, ((string?)got.Body["hash"])!.Length);
        Assert.Equal((string?)got.Body["hash"], (string?)(await lab.GetAsync("api/contents/n.ipynb?content=0&hash=1")).Body!["hash"]);
    }

    [Fact]
    public async Task Put_OfWhatWasRead_ChangesNoByte()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), Notebook, Cancel);
        var got = await lab.GetAsync("api/contents/n.ipynb");
        var model = new JsonObject { ["type"] = "notebook", ["format"] = "json", ["content"] = got.Body!["content"]!.DeepClone() };
        Assert.Equal(HttpStatusCode.OK, (await lab.PutAsync("api/contents/n.ipynb", model.ToJsonString())).Status);
        Assert.Equal(Notebook, await File.ReadAllTextAsync(lab.PathOf("n.ipynb"), Cancel));
        Assert.Equal(Notebook, await File.ReadAllTextAsync(lab.PathOf(".ipynb_checkpoints/n-checkpoint.ipynb"), Cancel));
    }

    [Fact]
    public async Task Put_OfOneChange_KeepsTheBytesOfTheRest()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), Notebook, Cancel);
        var got = await lab.GetAsync("api/contents/n.ipynb?hash=1");
        var content = got.Body!["content"]!.DeepClone();
        content["cells"]![0]!["outputs"] = new JsonArray();
        var run = await lab.PutAsync("api/contents/n.ipynb", new JsonObject { ["type"] = "notebook", ["content"] = content.DeepClone() }.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, run.Status);
        Assert.Contains("\"# ü <b>\", \"metadata\": {\"own\": 1e0}", await File.ReadAllTextAsync(lab.PathOf("n.ipynb"), Cancel), StringComparison.Ordinal);
        Assert.Equal((string?)got.Body["hash"], (string?)(await lab.GetAsync("api/contents/n.ipynb?content=0&hash=1")).Body!["hash"]);

        content["cells"]![1]!["source"] = "other";
        await lab.PutAsync("api/contents/n.ipynb", new JsonObject { ["type"] = "notebook", ["content"] = content }.ToJsonString());
        Assert.NotEqual((string?)got.Body["hash"], (string?)(await lab.GetAsync("api/contents/n.ipynb?content=0&hash=1")).Body!["hash"]);
    }

    [Fact]
    public async Task Truncated_IsNamedWithItsPlace_AndOpensAsText()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), Notebook[..200], Cancel);
        foreach (var query in (string[])["", "?type=notebook"])
        {
            var got = await lab.GetAsync("api/contents/n.ipynb" + query);
            Assert.Equal(HttpStatusCode.BadRequest, got.Status);
            Assert.Contains("Line 5, column 63", (string?)got.Body!["message"], StringComparison.Ordinal);
        }
        var text = await lab.GetAsync("api/contents/n.ipynb?type=file&format=text");
        Assert.Equal(Notebook[..200], (string?)text.Body!["content"]);
        Assert.Equal(HttpStatusCode.OK, (await lab.GetAsync("api/contents/n.ipynb?content=0")).Status);
    }

    [Fact]
    public async Task Save_OverWhatIsNoNotebook_KeepsIt_AndSaysSo()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), Notebook[..200], Cancel);
        var done = await lab.PutAsync("api/contents/n.ipynb", $$"""{"type":"notebook","content":{{Notebook}}}""");
        Assert.Equal(HttpStatusCode.OK, done.Status);
        Assert.Contains("n-damaged.ipynb", (string?)done.Body!["message"], StringComparison.Ordinal);
        Assert.Equal(Notebook[..200], await File.ReadAllTextAsync(lab.PathOf("n-damaged.ipynb"), Cancel));
        Assert.Equal(HttpStatusCode.OK, (await lab.GetAsync("api/contents/n.ipynb")).Status);
    }

    [Fact]
    public async Task Save_OfWhatIsNoNotebook_IsRefused_AndTheFileStays()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), Notebook, Cancel);
        var done = await lab.PutAsync("api/contents/n.ipynb", """{"type":"notebook","content":"text"}""");
        Assert.Equal(HttpStatusCode.BadRequest, done.Status);
        Assert.Equal(Notebook, await File.ReadAllTextAsync(lab.PathOf("n.ipynb"), Cancel));
    }

    [Fact]
    public async Task New_IsWhatJupyterWrites()
    {
        await using var lab = await TestLab.StartAsync();
        Assert.Equal(HttpStatusCode.Created, (await lab.SendAsync(HttpMethod.Post, "api/contents", """{"type":"notebook"}""")).Status);
        Assert.Equal("{\n \"cells\": [],\n \"metadata\": {},\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}\n",
            await File.ReadAllTextAsync(lab.PathOf("Untitled.ipynb"), Cancel));
    }
}
