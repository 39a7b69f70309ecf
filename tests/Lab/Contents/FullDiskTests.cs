using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Holdfast.Lab.Contents;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.Contents;

public sealed class FullDiskTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Save_OnAFullDisk_SaysSo_KeepsTheOldFile_AndGoesOnWhenThereIsRoom()
    {
        await using var lab = await TestLab.StartAsync();
        var disk = Directory.CreateDirectory(lab.PathOf("disk")).FullName;
        if (await RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk) != 0)
            Assert.Skip("mounting a tmpfs needs rights that this user does not have");
        try
        {
            await File.WriteAllTextAsync(Path.Join(disk, "f.txt"), "old", Cancel);
            await File.WriteAllBytesAsync(Path.Join(disk, "filler"), new byte[700_000], Cancel);
            var model = new JsonObject { ["type"] = "file", ["format"] = "text", ["content"] = new string('x', 600_000) }.ToJsonString();

            var full = await lab.PutAsync("api/contents/disk/f.txt", model);
            Assert.Equal(HttpStatusCode.InsufficientStorage, full.Status);
            Assert.Contains("disk is full", (string?)full.Body!["message"], StringComparison.Ordinal);
            Assert.Equal("old", await File.ReadAllTextAsync(Path.Join(disk, "f.txt"), Cancel));
            Assert.Equal(["f.txt", "filler"], Directory.EnumerateFiles(disk).Select(Path.GetFileName).Order(StringComparer.Ordinal));

            var piece = model.Replace("\"type\"", "\"chunk\":1,\"type\"", StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.InsufficientStorage, (await lab.PutAsync("api/contents/disk/up.txt", piece)).Status);
            Assert.Equal("old", await File.ReadAllTextAsync(Path.Join(disk, "f.txt"), Cancel));

            File.Delete(Path.Join(disk, "filler"));
            Assert.Equal(HttpStatusCode.Created, (await lab.PutAsync("api/contents/disk/up.txt", piece)).Status);
            Assert.Equal(HttpStatusCode.OK, (await lab.PutAsync("api/contents/disk/up.txt", """{"type":"file","format":"text","content":"!","chunk":-1}""")).Status);
            Assert.Equal(600_001, new FileInfo(Path.Join(disk, "up.txt")).Length);
            File.Delete(Path.Join(disk, "up.txt"));
            Assert.Equal(HttpStatusCode.OK, (await lab.PutAsync("api/contents/disk/f.txt", model)).Status);
            Assert.Equal(600_000, new FileInfo(Path.Join(disk, "f.txt")).Length);

            Directory.CreateDirectory(lab.PathOf("folder/inner"));
            Assert.Equal(HttpStatusCode.OK, (await lab.SendAsync(HttpMethod.Patch, "api/contents/folder", """{"path":"disk/moved"}""")).Status);
            Assert.True(Directory.Exists(Path.Join(disk, "moved/inner")));
            Assert.False(Directory.Exists(lab.PathOf("folder")));

            Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Delete, "api/contents/disk/f.txt")).Status);
            Assert.Single(Directory.EnumerateFiles(Path.Join(disk, ".Trash-0/files")));
        }
        finally
        {
            await RunAsync("umount", disk);
        }
    }

    [Fact]
    public void Fault_OfAQuotaThatIsUsedUp_SaysSo()
    {
        var fault = ContentsFault.Of(new ContentsPath("/", "f.txt"), new IOException("Disk quota exceeded", 122 /* EDQUOT */));

        Assert.Equal((507, "The disk quota is used up: 'f.txt' was not saved, and what was there before is unchanged. Free some room and save again."), (fault.Status, fault.Message));
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync(Cancel);
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
