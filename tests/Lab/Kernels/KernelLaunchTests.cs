using Holdfast.Lab.Kernels;

namespace Holdfast.Lab.Tests.Kernels;

public sealed class KernelLaunchTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("hf-").FullName;

    public KernelLaunchTests() => Directory.CreateDirectory(_root + "-evil");

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("notebook.ipynb", "")]
    [InlineData("a/b", "/a/b")]
    [InlineData("a/b/", "/a/b")]
    [InlineData("/a/b/x.ipynb", "/a/b")]
    [InlineData("a/gone/far/x.ipynb", "/a")]
    [InlineData("../ROOT-evil", "")]
    [InlineData("a/../../..", "")]
    [InlineData("../../../../etc", "")]
    [InlineData("a\0b", "")]
    public void FolderOf_AnyPath_IsTheNearestFolderBelowTheRoot(string? path, string expected)
    {
        Directory.CreateDirectory(Path.Combine(_root, "a/b"));
        path = path?.Replace("ROOT", Path.GetFileName(_root), StringComparison.Ordinal);
        Assert.Equal(_root + expected, KernelLaunch.FolderOf(_root, path));
        Assert.Equal(_root + expected, KernelLaunch.FolderOf(_root + "/", path).TrimEnd('/'));
    }

    [Fact]
    public void FolderOf_RootOfTheFileSystem_Works() => Assert.Equal("/tmp", KernelLaunch.FolderOf("/", "tmp/x.ipynb"));

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        Directory.Delete(_root + "-evil", recursive: true);
    }
}
