using System.Net;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.Contents;

public sealed class LinksTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Link_ThatLeadsNowhere_IsListedAndCanBeRenamedAndDeleted()
    {
        await using var lab = await TestLab.StartAsync();
        File.CreateSymbolicLink(lab.PathOf("broken"), "nowhere");
        File.CreateSymbolicLink(lab.PathOf("round"), "round");
        var listed = Assert.Single((await lab.GetAsync("api/contents")).Body!["content"]!.AsArray())!;
        Assert.Equal(("broken", "file"), ((string?)listed["name"], (string?)listed["type"]));
        Assert.Equal(HttpStatusCode.NotFound, (await lab.GetAsync("api/contents/broken")).Status);
        var renamed = await lab.SendAsync(HttpMethod.Patch, "api/contents/broken", """{"path":"again"}""");
        Assert.Equal((HttpStatusCode.OK, "again"), (renamed.Status, (string?)renamed.Body!["name"]));
        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Delete, "api/contents/again")).Status);
        Assert.Equal([lab.PathOf("round")], Directory.GetFileSystemEntries(lab.Root));
    }

    [Fact]
    public async Task Link_OutOfTheRoot_IsFollowed()
    {
        await using var lab = await TestLab.StartAsync();
        var storage = Directory.CreateDirectory(lab.PathOf("../storage")).FullName;
        await File.WriteAllTextAsync(Path.Join(storage, "data.csv"), "1,2", Cancel);
        Directory.CreateSymbolicLink(lab.PathOf("storage"), storage);
        Assert.Equal("1,2", (string?)(await lab.GetAsync("api/contents/storage/data.csv")).Body!["content"]);
        Assert.Equal(HttpStatusCode.Created, (await lab.PutAsync("api/contents/storage/new.csv", """{"type":"file","format":"text","content":"3"}""")).Status);
        Assert.Equal("3", await File.ReadAllTextAsync(Path.Join(storage, "new.csv"), Cancel));
        Assert.Equal("1,2", await lab.Client.GetStringAsync("files/storage/data.csv", Cancel));
    }

    [Theory]
    [InlineData("GET", "api/contents/storage")]
    [InlineData("GET", "api/contents/storage/data.csv")]
    [InlineData("GET", "files/storage/data.csv")]
    [InlineData("GET", "files/data.csv")]
    [InlineData("GET", "view/data.csv")]
    [InlineData("GET", "nbconvert/script/storage/n.ipynb")]
    [InlineData("PUT", "api/contents/storage/data.csv")]
    [InlineData("DELETE", "api/contents/storage/data.csv")]
    public async Task Link_WhereLinksAreNotFollowed_IsNotThere(string method, string path)
    {
        await using var lab = await TestLab.StartAsync(options => options with { FollowLinks = false });
        var storage = Directory.CreateDirectory(lab.PathOf("../storage")).FullName;
        await File.WriteAllTextAsync(Path.Join(storage, "data.csv"), "1,2", Cancel);
        await File.WriteAllTextAsync(Path.Join(storage, "n.ipynb"), """{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}""", Cancel);
        Directory.CreateSymbolicLink(lab.PathOf("storage"), storage);
        File.CreateSymbolicLink(lab.PathOf("data.csv"), Path.Join(storage, "data.csv"));
        var body = method == "PUT" ? """{"type":"file","format":"text","content":"3"}""" : null;
        Assert.Equal(HttpStatusCode.NotFound, (await lab.SendAsync(new HttpMethod(method), path, body)).Status);
        Assert.Equal("1,2", await File.ReadAllTextAsync(Path.Join(storage, "data.csv"), Cancel));
        Assert.Empty((await lab.GetAsync("api/contents")).Body!["content"]!.AsArray());
    }
}
