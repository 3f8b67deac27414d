-- The database and the login that Mundap works with. For sqlcmd, as an administrator; what is there stays.
-- Variables: MUNDAP_PASSWORD (from the environment).
:on error exit
IF DB_ID(N'mundap') IS NULL CREATE DATABASE mundap;
GO
-- Row versions, so that analysts' queries and crawls do not wait for each other.
IF EXISTS (SELECT 1 FROM sys.databases WHERE name = N'mundap' AND is_read_committed_snapshot_on = 0)
    ALTER DATABASE mundap SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
GO
IF SUSER_ID(N'mundap') IS NULL
    CREATE LOGIN mundap WITH PASSWORD = N'$(MUNDAP_PASSWORD)', DEFAULT_DATABASE = mundap;
GO
USE mundap;
GO
IF USER_ID(N'mundap') IS NULL CREATE USER mundap FOR LOGIN mundap WITH DEFAULT_SCHEMA = dbo;
GO
-- It makes and migrates its own tables and grants readers its views; it has no right outside this database.
ALTER ROLE db_owner ADD MEMBER mundap;
GO
