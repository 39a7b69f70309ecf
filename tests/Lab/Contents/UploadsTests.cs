using System.Net;
using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.Contents;

public sealed class UploadsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upload_UntilItsLastPiece_ReadersHaveTheOldFile()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("w.bin"), "old", Cancel);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(lab, 1, "one ")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(lab, 2, "two ")).Status);
        Assert.Equal("old", await lab.Client.GetStringAsync("files/w.bin", Cancel));
        Assert.Equal("old", (string?)(await lab.GetAsync("api/contents/w.bin")).Body!["content"]);
        var done = await SendAsync(lab, -1, "three");
        Assert.Equal((HttpStatusCode.OK, 13), (done.Status, (int?)done.Body!["size"]));
        Assert.Equal("one two three", await lab.Client.GetStringAsync("files/w.bin", Cancel));
    }

    [Fact]
    public async Task Upload_OfANewFile_IsNotThereUntilItIsWhole()
    {
        await using var lab = await TestLab.StartAsync();
        var first = await SendAsync(lab, 1, "one ");
        Assert.Equal((HttpStatusCode.Created, "w.bin", 4), (first.Status, (string?)first.Body!["path"], (int?)first.Body["size"]));
        Assert.Empty((await lab.GetAsync("api/contents")).Body!["content"]!.AsArray());
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(lab, -1, "two")).Status);
        Assert.Equal("one two", await File.ReadAllTextAsync(lab.PathOf("w.bin"), Cancel));
        Assert.Equal([lab.PathOf("w.bin")], Directory.GetFileSystemEntries(lab.Root));
    }

    [Fact]
    public async Task Piece_SentAgain_TakesItsOwnPlace()
    {
        await using var lab = await TestLab.StartAsync();
        foreach (var (chunk, text) in ((int, string)[])[(1, "one "), (2, "two "), (2, "two "), (3, "three "), (3, "three "), (-1, "end")])
            Assert.Equal(chunk == 1 ? HttpStatusCode.Created : HttpStatusCode.OK, (await SendAsync(lab, chunk, text)).Status);
        Assert.Equal("one two three end", await File.ReadAllTextAsync(lab.PathOf("w.bin"), Cancel));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(-1)]
    [InlineData(0)]
    public async Task Piece_WithoutTheOneBefore_IsRefused(int chunk)
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("w.bin"), "old", Cancel);
        if (chunk == 4)
            await SendAsync(lab, 1, "one ");
        var refused = await SendAsync(lab, chunk, "x");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("from its first piece", (string?)refused.Body!["message"], StringComparison.Ordinal);
        Assert.Equal("old", await File.ReadAllTextAsync(lab.PathOf("w.bin"), Cancel));
    }

    [Theory]
    [InlineData("""{"chunk":1,"format":"text","content":"x"}""")]
    [InlineData("""{"chunk":1,"type":"file"}""")]
    [InlineData("""{"chunk":1,"type":"file","format":"json","content":"x"}""")]
    [InlineData("""{"chunk":1,"type":"notebook","content":{}}""")]
    public async Task Piece_ThatLeavesOutWhatItIs_IsABadRequest(string piece)
    {
        await using var lab = await TestLab.StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await lab.PutAsync("api/contents/w.bin", piece)).Status);
        Assert.Empty(Directory.GetFileSystemEntries(lab.Root));
    }

    [Fact]
    public async Task Upload_BegunAnew_ForgetsWhatHadCome()
    {
        await using var lab = await TestLab.StartAsync();
        await SendAsync(lab, 1, "wrong ");
        await SendAsync(lab, 2, "wrong ");
        await SendAsync(lab, 1, "right ");
        await SendAsync(lab, -1, "end");
        Assert.Equal("right end", await File.ReadAllTextAsync(lab.PathOf("w.bin"), Cancel));
        Assert.Single(Directory.GetFileSystemEntries(lab.Root));
    }

    [Fact]
    public async Task Upload_NeverFinished_IsGoneWithTheLab()
    {
        var lab = await TestLab.StartAsync();
        await SendAsync(lab, 1, "one ");
        Assert.Single(Directory.GetFileSystemEntries(lab.Root));
        await using var next = await lab.RestartAsync(options => options);
        Assert.Empty(Directory.GetFileSystemEntries(next.Root));
    }

    private static Task<(HttpStatusCode Status, JsonObject? Body, HttpResponseMessage Response)> SendAsync(TestLab lab, int chunk, string text) =>
        lab.PutAsync("api/contents/w.bin", new JsonObject { ["type"] = "file", ["format"] = "text", ["chunk"] = chunk, ["content"] = text }.ToJsonString());
}
