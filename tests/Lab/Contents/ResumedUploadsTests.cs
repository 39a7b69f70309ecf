using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Holdfast.Lab.Contents;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.Contents;

public sealed class ResumedUploadsTests
{
    private static readonly byte[] First = [.. Enumerable.Repeat((byte)1, ResumedUploads.Block)];
    private static readonly byte[] Second = [.. Enumerable.Repeat((byte)2, ResumedUploads.Block)];
    private static readonly byte[] Rest = "rest"u8.ToArray();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upload_InANewLab_GoesOnFromWhatHasCome()
    {
        var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("w.bin"), "old", Cancel);
        Assert.Empty(await BeginAsync(lab, "one"));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(lab, "one", 1, 0, First)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(lab, "one", 2, ResumedUploads.Block, Second)).Status);

        await using var next = await lab.RestartAsync(options => options);
        Assert.Equal("old", await File.ReadAllTextAsync(next.PathOf("w.bin"), Cancel));
        Assert.Equal([Hash(First), Hash(Second)], await BeginAsync(next, "two"));
        // A lost answer: the last piece again.
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(next, "two", -1, 2 * ResumedUploads.Block, Rest)).Status);
        var again = await SendAsync(next, "two", -1, 2 * ResumedUploads.Block, Rest);

        Assert.Equal((HttpStatusCode.OK, (2 * ResumedUploads.Block) + 4), (again.Status, (int?)again.Body!["size"]));
        Assert.Equal((byte[])[.. First, .. Second, .. Rest], await File.ReadAllBytesAsync(next.PathOf("w.bin"), Cancel));
        Assert.Single(Directory.GetFileSystemEntries(next.Root));
    }

    [Fact]
    public async Task Piece_OfAnUploadThatWasTakenOver_IsRefused()
    {
        await using var lab = await TestLab.StartAsync();
        await BeginAsync(lab, "one");
        await SendAsync(lab, "one", 1, 0, First);
        await BeginAsync(lab, "two");

        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(lab, "one", 2, ResumedUploads.Block, Second)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(lab, "two", -1, ResumedUploads.Block, Rest)).Status);
        Assert.Equal((byte[])[.. First, .. Rest], await File.ReadAllBytesAsync(lab.PathOf("w.bin"), Cancel));
    }

    [Fact]
    public async Task Piece_SentAgainOrPastTheEnd_TakesItsPlaceOrIsRefused()
    {
        await using var lab = await TestLab.StartAsync();
        await BeginAsync(lab, "one");
        await SendAsync(lab, "one", 1, 0, Second);
        await SendAsync(lab, "one", 1, 0, First);

        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(lab, "one", 3, 2 * ResumedUploads.Block, Rest)).Status);
        Assert.Equal([Hash(First)], await BeginAsync(lab, "one"));
    }

    [Theory]
    [InlineData("../w.bin", "one", HttpStatusCode.NotFound)]
    [InlineData(".hidden", "one", HttpStatusCode.BadRequest)]
    [InlineData("", "one", HttpStatusCode.BadRequest)]
    [InlineData("w.bin", "", HttpStatusCode.BadRequest)]
    [InlineData("gone/w.bin", "one", HttpStatusCode.NotFound)]
    public async Task Begin_WhereNothingMayBe_IsRefused(string path, string id, HttpStatusCode status)
    {
        await using var lab = await TestLab.StartAsync();
        Assert.Equal(status, (await PostAsync(lab, path, id)).Status);
        Assert.Empty(Directory.GetFileSystemEntries(lab.Root));
    }

    [Fact]
    public async Task Upload_ThatNobodyGoesOnWith_IsThrownAwayAfterADay()
    {
        await using var lab = await TestLab.StartAsync();
        await BeginAsync(lab, "one");
        await SendAsync(lab, "one", 1, 0, First);
        foreach (var part in Directory.GetFiles(lab.Root))
            File.SetLastWriteTimeUtc(part, DateTime.UnixEpoch);

        Assert.Empty(await BeginAsync(lab, "two"));
    }

    private static string Hash(byte[] bytes) => Convert.ToBase64String(SHA256.HashData(bytes));

    private static async Task<IReadOnlyList<string>> BeginAsync(TestLab lab, string id)
    {
        var (status, body, _) = await PostAsync(lab, "w.bin", id);
        Assert.Equal((HttpStatusCode.OK, ResumedUploads.Block), (status, (int?)body!["block"]));
        return [.. body["sha256"]!.AsArray().Select(hash => (string)hash!)];
    }

    private static Task<(HttpStatusCode Status, JsonObject? Body, HttpResponseMessage Response)> PostAsync(TestLab lab, string path, string id) =>
        lab.SendAsync(HttpMethod.Post, "api/uploads", new JsonObject { ["path"] = path, ["upload"] = id }.ToJsonString());

    private static Task<(HttpStatusCode Status, JsonObject? Body, HttpResponseMessage Response)> SendAsync(TestLab lab, string id, int chunk, long offset, byte[] bytes) =>
        lab.PutAsync("api/contents/w.bin", new JsonObject
        {
            ["type"] = "file",
            ["format"] = "base64",
            ["chunk"] = chunk,
            ["content"] = Convert.ToBase64String(bytes),
            ["holdfast"] = new JsonObject { ["upload"] = id, ["offset"] = offset },
        }.ToJsonString());
}
