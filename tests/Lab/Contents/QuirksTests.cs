using System.Net;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.Contents;

/// <summary>Rules of the contents API that clients rely on without saying so.</summary>
public sealed class QuirksTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Folder_CopiedToAFolderThatIsNotThere_LiesInIt()
    {
        await using var lab = await TestLab.StartAsync();
        Directory.CreateDirectory(lab.PathOf("from/deep"));
        await File.WriteAllTextAsync(lab.PathOf("from/deep/f"), "x", Cancel);
        foreach (var expected in (string[])["new/place/from", "new/place/from-Copy1"])
        {
            var made = await lab.SendAsync(HttpMethod.Post, "api/contents/new/place", """{"copy_from":"from"}""");
            Assert.Equal((HttpStatusCode.Created, expected, "directory"), (made.Status, (string?)made.Body!["path"], (string?)made.Body["type"]));
            Assert.True(File.Exists(lab.PathOf(expected + "/deep/f")));
        }
    }

    [Theory]
    [InlineData(".hidden/f.txt")]
    [InlineData(".f.txt")]
    [InlineData("../f.txt")]
    public async Task Save_OfAModelThatCallsItselfHidden_IsRefused(string called)
    {
        await using var lab = await TestLab.StartAsync();
        var put = await lab.PutAsync("api/contents/f.txt", $$"""{"type":"file","format":"text","content":"x","path":"{{called}}"}""");
        Assert.Equal(HttpStatusCode.BadRequest, put.Status);
        Assert.Empty(Directory.GetFileSystemEntries(lab.Root));
    }

    [Fact]
    public async Task Notebook_WithACellOfNoKnownType_OpensWithAMessage()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), """{"nbformat":4,"metadata":{},"cells":[{"cell_type":"code","source":"","metadata":{},"outputs":[]},{"cell_type":"wrong","metadata":{}}]}""", Cancel);
        var got = await lab.GetAsync("api/contents/n.ipynb");
        Assert.Equal(HttpStatusCode.OK, got.Status);
        Assert.Equal("Notebook validation failed: cell 2 is of the type 'wrong'; code, markdown and raw there are.", (string?)got.Body!["message"]);
        Assert.Equal(2, got.Body["content"]!["cells"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("实验 🦑/нейросеть ﷽.txt")]
    [InlineData("é/é.txt")] // composed
    [InlineData("e\u0301/e\u0301.txt")] // decomposed
    [InlineData("100%25 #1?/a+b & c;d=e,f.txt")]
    [InlineData("emo\u200dji 👩‍👩‍👧/\u202eright to left.txt")]
    public async Task Name_InAnyScript_IsKeptAsItIs(string name)
    {
        await using var lab = await TestLab.StartAsync(options => options with { BaseUrl = "/any%40thing/" });
        Directory.CreateDirectory(Path.GetDirectoryName(lab.PathOf(name))!);
        var address = string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
        var put = await lab.PutAsync("api/contents/" + address, """{"type":"file","format":"text","content":"x"}""");
        Assert.Equal((HttpStatusCode.Created, name), (put.Status, (string?)put.Body!["path"]));
        Assert.Equal("/any%40thing/api/contents/" + address, put.Response.Headers.Location!.OriginalString);
        Assert.Equal("x", await File.ReadAllTextAsync(lab.PathOf(name), Cancel));
        Assert.Equal("x", await lab.Client.GetStringAsync("files/" + address, Cancel));
        var folder = (await lab.GetAsync("api/contents/" + address[..address.IndexOf('/', StringComparison.Ordinal)])).Body!;
        Assert.Equal(name, (string?)Assert.Single(folder["content"]!.AsArray())!["path"]);
    }

    [Fact]
    public async Task Names_ComposedAndDecomposed_AreTwoFiles()
    {
        await using var lab = await TestLab.StartAsync();
        foreach (var name in (string[])["é.txt", "e\u0301.txt"])
            await lab.PutAsync("api/contents/" + Uri.EscapeDataString(name), $$"""{"type":"file","format":"text","content":"{{name.Length}}"}""");
        Assert.Equal("5", await lab.Client.GetStringAsync("files/" + Uri.EscapeDataString("é.txt"), Cancel));
        Assert.Equal("6", await lab.Client.GetStringAsync("files/" + Uri.EscapeDataString("e\u0301.txt"), Cancel));
    }
}
