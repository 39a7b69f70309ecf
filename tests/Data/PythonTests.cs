namespace Holdfast.Data.Tests;

/// <summary>The Python package <c>holdfast.data</c>, run by the system's Python.</summary>
public sealed class PythonTests
{
    [Fact]
    public async Task Package_ItsOwnTests_Pass()
    {
        await Place.NeedAsync("numpy", "python3-numpy");
        Assert.Contains("OK", await Place.PythonAsync("-m", "unittest", "test_holdfast_data"), StringComparison.Ordinal);
    }
}
