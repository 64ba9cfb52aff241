"""Every address of the portal: what answers whom (tables), and the records that stand behind the addresses (world)."""
