using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Tests.Storage;

public sealed class ProjectQuotasTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("36 35 98:0 / /data rw,noatime shared:1 - ext4 /dev/sda1 rw,errors=continue,prjquota", true)]
    [InlineData("36 35 98:0 / /data rw,noatime - xfs /dev/sda1 rw,attr2,prjquota", true)]
    [InlineData("36 35 98:0 /a\\040-\\040b /data rw master:2 propagate_from:1 - f2fs /dev/sda1 rw,prjquota,lazytime", true)]
    [InlineData("36 35 98:0 / /data rw,noatime - ext4 /dev/sda1 rw,usrquota", false)]
    [InlineData("36 35 98:0 / /data rw,noatime - xfs /dev/sda1 rw,pqnoenforce", false)]
    [InlineData("36 35 98:0 / /prjquota rw - btrfs prjquota rw,subvol=/prjquota", false)]
    public void Enforces_Mount_DependsOnFileSystemAndOptions(string mount, bool enforces) => Assert.Equal(enforces, ProjectQuotas.Enforces(mount));

    [Fact]
    public async Task Guest_WithProjectQuotas_HoldsVolumesToTheirQuotas()
    {
        var said = await QuotaGuest.RunAsync(typeof(ProjectQuotasInGuest), Cancellation);

        Assert.True(said.Contains("guest ends: 0", StringComparison.Ordinal), said);
        Assert.Matches("Total: [1-9]", said);
    }
}
